"""The conversation with a client that has no account yet, until a phone links it: by the QR code that it shows, or by
the pairing code that somebody types.
"""

import asyncio
import time
from collections.abc import Callable

from recado_core.errors import RecadoError
from recado_simulator.accounts.records import Device, Phone
from recado_simulator.codec.nodes import Node
from recado_simulator.crypto.pairing_code import WrongCodeError
from recado_simulator.network import codes, pairing, stanzas
from recado_simulator.network.codes import Answer, PairingCodeError, Request
from recado_simulator.network.pairing import Candidate, Qr
from recado_simulator.network.state import NetworkState

_RESTART = "515"


class NotLinkedError(RecadoError):
    code = "client_not_linked"
    status = 422
    title = "The client was not linked"


class Candidacy:
    def __init__(self, state: NetworkState, candidate: Candidate, send: Callable[[Node], None]) -> None:
        self._state = state
        self._candidate = candidate
        self._send = send
        self._linking: tuple[Device, asyncio.Future[Device]] | None = None
        self._request: Request | None = None
        self._finish: asyncio.Future[Node] | None = None
        self.asked_at = 0.0

    def begin(self) -> None:
        self._send(pairing.invite(self._candidate))

    def hear(self, node: Node) -> None:
        stage = node.find(codes.STAGES)
        if node.text("id") == pairing.LINK_REQUEST:
            self._conclude(node)
        elif stage and node.tag == "iq":
            self._advance(node, stage.text("stage"))

    def leave(self) -> None:
        gone = NotLinkedError("The client went away while it was being linked. Take its new code and try again.")
        self._fail(gone)
        if self._finish and not self._finish.done():
            self._finish.set_exception(gone)

    # By QR code

    def fits(self, qr: Qr) -> bool:
        return self._candidate.fits(qr)

    async def link(self, phone: Phone, secret: bytes) -> Device:
        """The phone knows the client's secret; returns when the client accepted. Raises NotLinkedError."""
        if self._linking is not None:
            raise NotLinkedError("This client is being linked already. Wait for its new code.")
        device = pairing.new_device(phone, self._candidate)
        phone.next_device += 1
        self._state.directory.save_phone(phone)
        done: asyncio.Future[Device] = asyncio.get_running_loop().create_future()
        self._linking = device, done
        self._send(pairing.vouch(phone, device, secret))
        return await done

    def _conclude(self, node: Node) -> None:
        if self._linking is None:
            return
        device, done = self._linking
        if not pairing.confirmed(self._state.directory.phone(device.number), device, node):
            error = node.find("error")
            reason = error.text("text") if error else "its signature is wrong"
            self._fail(NotLinkedError(f"The client did not accept: {reason}. Take its new code and try again."))
            return
        self._state.directory.add_device(device)
        self._state.ledger.append("linked", device=device.id, name=device.name)
        self._state.changed("device", phone=device.number)
        self._send(stanzas.stream_error(_RESTART))
        done.set_result(device)

    def _fail(self, error: NotLinkedError) -> None:
        if self._linking and not self._linking[1].done():
            self._linking[1].set_exception(error)

    # By pairing code

    def awaits_code_of(self, number: str) -> bool:
        return self._request is not None and self._request.number == number

    async def type_code(self, phone: Phone, code: str) -> Device:
        """The phone's owner typed `code`. Raises PairingCodeError, then the client waits on; and as `link`."""
        if self._request is None or self._finish is not None:
            raise NotLinkedError("This client is being linked already. Wait for its new code.")
        self._finish = asyncio.get_running_loop().create_future()
        try:
            answer = await asyncio.to_thread(Answer.make, phone, self._request, code)
            self._send(answer.notification())
            secret = answer.secret(await self._finish, self._candidate.registration.identity)
        except WrongCodeError as error:
            raise PairingCodeError("This is not the code that the client shows. Look again and retype it.") from error
        finally:
            self._finish = None
        return await self.link(phone, secret)

    def _advance(self, query: Node, stage: str) -> None:
        if stage == "companion_hello":
            self._request, self.asked_at = Request.read(query), time.monotonic()
            refusal = stanzas.refusal(query, 400, "bad-request")
            self._send(self._request.accepted(query) if self._request else refusal)
            return
        self._send(stanzas.result(query))
        if self._finish and not self._finish.done():
            self._finish.set_result(query)
