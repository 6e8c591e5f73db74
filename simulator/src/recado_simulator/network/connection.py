"""One client's connection, from the first Noise frame to the end: login or pairing, stanzas, delivery of the queue."""

import asyncio
from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from recado_core.log import logger
from recado_simulator.accounts.directory import wire_jids
from recado_simulator.accounts.records import Device
from recado_simulator.codec.decoder import MalformedStanzaError, decode
from recado_simulator.codec.encoder import encode
from recado_simulator.codec.nodes import Node
from recado_simulator.network import queries, stanzas
from recado_simulator.network.candidacy import Candidacy
from recado_simulator.network.delivery import Delivery
from recado_simulator.network.intake import Intake
from recado_simulator.network.membership import remove_device
from recado_simulator.network.pairing import Candidate
from recado_simulator.network.state import NetworkState
from recado_simulator.phones.messenger import Messenger
from recado_simulator.transport.frames import FrameSocket
from recado_simulator.transport.noise import CipherState, HandshakeError
from recado_simulator.wire.network_pb2 import ClientPayload

log = logger(__name__)

_LOGGED_OUT = 401
FAREWELL_SECONDS = 1.0


@dataclass
class Services:
    state: NetworkState
    messenger: Messenger
    intake: Intake
    candidates: set[Candidacy] = field(default_factory=set)
    """Clients that wait to be linked."""


class Connection:
    """Implements `Link` once the client logged in."""

    device: Device

    def __init__(self, socket: FrameSocket, services: Services) -> None:
        self._socket = socket
        self._services = services
        self._state = services.state
        self._delivery: Delivery | None = None
        self._candidacy: Candidacy | None = None
        self._ended = False
        self._reading: CipherState
        self._writing: CipherState

    async def run(self) -> None:
        try:
            payload, self._reading, self._writing = await self._socket.handshake()
            self._begin(ClientPayload.FromString(payload))
            while True:
                frame = await self._socket.receive()
                if not self._ended:
                    self._handle(decode(self._reading.decrypt(frame)))
                    self._state.store.commit()  # also what got no answer, as an acknowledgement
                    await self._socket.drain()
        except (HandshakeError, MalformedStanzaError, DecodeError) as error:
            log.warning("client speaks another protocol", error=str(error))
        except (ConnectionError, EOFError):
            pass
        finally:
            self._leave()

    def _begin(self, payload: ClientPayload) -> None:
        if payload.HasField("username"):
            self._log_in(str(payload.username), payload.device)
        else:
            candidate = Candidate(self._socket.client_key, payload.pairing)
            self._candidacy = Candidacy(self._state, candidate, self.send)
            self._services.candidates.add(self._candidacy)
            self._candidacy.begin()

    def _log_in(self, number: str, slot: int) -> None:
        if fault := self._state.faults.take(number, "ban", "connect_failure"):
            ban = {"code": fault.code, "expire": fault.seconds} if fault.kind == "ban" else {}
            self._refuse(402 if fault.kind == "ban" else fault.code, **ban)
            return
        device = self._state.directory.device(number, slot)
        if device is None or device.noise != self._socket.client_key:
            self._refuse(_LOGGED_OUT)
            return
        if older := self._state.links.get(device.id):
            self._state.ledger.append("replaced", device=device.id)
            older.end(stanzas.stream_error(conflict="replaced"))
        self.device = device
        self._state.links[device.id] = self
        self._state.ledger.append("connected", device=device.id)
        self._state.changed("device", phone=number)
        self.send(stanzas.success(wire_jids(self._state.directory.phone(number), slot)[1]))

    def _refuse(self, reason: int, **extra: int) -> None:
        self._state.ledger.append("refused_connection", reason=reason, **extra)
        self.end(stanzas.failure(reason, **extra))

    def _handle(self, node: Node) -> None:
        if self._candidacy:
            self._candidacy.hear(node)
        elif node.tag == "iq":
            self._query(node)
        elif node.tag == "message":
            self._services.intake.message(self, node)
        elif node.tag == "receipt":
            self._services.intake.receipt(self, node)
        elif node.tag == "ack":
            self._services.intake.acknowledgement(self, node)

    def _query(self, node: Node) -> None:
        if node.text("type") not in {"get", "set"}:
            return
        removal = node.find("remove-companion-device")
        self.send(queries.answer(self._state, self, node))
        if removal:
            remove_device(self._state, self._services.messenger, self.device, by="device")
            self._depart()

    # Link

    def send(self, node: Node) -> None:
        self.send_raw(encode(node))

    def send_raw(self, plain: bytes) -> None:
        """Nothing leaves before what it depends on is kept."""
        if not self._ended:
            self._state.store.commit()
            self._socket.send(self._writing.encrypt(plain))

    def begin_delivery(self) -> None:
        if self._delivery is None:
            self._delivery = Delivery(self._state, self._services.messenger, self)

    def wake(self, position: int) -> None:
        if self._delivery:
            self._delivery.add(position)

    async def drain(self) -> None:
        await self._socket.drain()

    def end(self, farewell: Node | None = None) -> None:
        """The client is left a moment to read the last word: an end that overtakes it would hide the reason."""
        if farewell:
            self.send(farewell)
        self._depart()
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._socket.close)

    def abort(self) -> None:
        self._depart()
        self._socket.abort()

    def _leave(self) -> None:
        self._socket.close()
        self._depart()
        if self._candidacy:
            self._services.candidates.discard(self._candidacy)
            self._candidacy.leave()

    def _depart(self) -> None:
        if self._ended:
            return
        self._ended = True
        if self._delivery:
            self._delivery.stop()
        device = getattr(self, "device", None)
        if device is None:
            return
        if self._state.links.get(device.id) is self:
            del self._state.links[device.id]
        self._state.ledger.append("disconnected", device=device.id)
        self._state.changed("device", phone=device.number)
