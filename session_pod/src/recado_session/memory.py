"""A WhatsApp in memory, for unit tests of everything above the port. It keeps the promises of `gateway.py` and nothing
else: no encryption, no wire. One contract suite holds it to what the real engine does.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import msgspec

from recado_core.session_states import SessionState
from recado_session import addresses
from recado_session.gateway import (
    BATCH,
    Changed,
    CodeShown,
    Inbound,
    Linked,
    LogoutFailedError,
    NoSuchRecipient,
    Notice,
    NotSent,
    QrShown,
    Rejected,
    Restricted,
    Send,
    SendOutcome,
    Sent,
    Uncertain,
)
from recado_session.journal import Journal
from recado_session.states import Signal, Transition, on_signal

ACKNOWLEDGE_SECONDS = 75.0
CODE = "MEM1-RECA"


class Arrived(msgspec.Struct, frozen=True):
    wa_id: str
    to_jid: str
    text: str


class MemoryWhatsApp:
    """The network: survives the gateways that connect to it, holds back what comes while none is there."""

    def __init__(self, jid: str = "5511999990000:7@s.whatsapp.net") -> None:
        self.jid = jid
        self.linked = False
        self.customers: set[str] = set()
        self.refusing = 0
        """So many of the next messages are refused because the number is limited."""
        self.arrived: list[Arrived] = []
        self.attempts: dict[bytes, str] = {}
        self.acknowledging = asyncio.Event()
        self.acknowledging.set()
        self._backlog: list[bytes] = []
        self._device: MemoryGateway | None = None

    def connect(self, device: "MemoryGateway") -> None:
        if self._device is not None and self._device is not device:
            self._device.signal("stream_replaced")
        self._device = device
        backlog, self._backlog = self._backlog, []
        for raw in backlog:
            device.receive(raw)

    def disconnect(self, device: "MemoryGateway") -> None:
        if self._device is device:
            self._device = None

    def say(self, raw: bytes) -> None:
        """A customer writes; waits for the device when it is away."""
        if self._device is None:
            self._backlog.append(raw)
        else:
            self._device.receive(raw)

    def unlink(self) -> None:
        """The owner removes the device on the phone."""
        self.linked = False
        if self._device is not None:
            self._device.signal("logged_out")


class MemoryGateway:
    def __init__(self, network: MemoryWhatsApp, journal: Journal, patience: float = ACKNOWLEDGE_SECONDS) -> None:
        self._network = network
        self._journal = journal
        self._patience = patience
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()
        self._state: SessionState = "starting"
        self._turn = asyncio.Lock()

    @property
    def state(self) -> SessionState:
        return self._state

    async def start(self, phone: str = "") -> None:
        if self._network.linked:
            self._go_online()
            return
        if phone:
            self._change(Transition("qr", "type_the_code"))
            self._notices.put_nowait(CodeShown(CODE, 160.0))
            return
        self._change(Transition("qr", "scan_the_code"))
        self._notices.put_nowait(QrShown("memory:1", 1, 60.0))

    def scanned(self) -> None:
        """The owner's phone scanned the code."""
        self._network.linked = True
        self._change(Transition("pairing", "code_scanned"))
        self._go_online()

    def typed(self, code: str) -> bool:
        """The owner typed `code` on the phone; whether it was the right one."""
        if code == CODE:
            self.scanned()
        return code == CODE

    def events(self, limit: int = BATCH) -> AsyncIterator[Sequence[Inbound]]:
        return self._journal.batches(limit)

    async def notices(self) -> AsyncIterator[Notice]:
        while True:
            yield await self._notices.get()

    async def ack(self, journal_seq: int) -> None:
        self._journal.commit(journal_seq)

    async def send(self, command: Send, attempt_key: bytes) -> SendOutcome:
        async with self._turn:
            if self._state != "online":
                return NotSent("not_connected")
            try:
                addresses.parse(command.to_jid)
            except addresses.BadAddressError:
                return Rejected("bad_address")
            if command.to_jid not in self._network.customers:
                return NoSuchRecipient("not_on_whatsapp")
            if self._network.refusing:
                self._network.refusing -= 1
                return Restricted("reach_out_restricted")
            wa_id = f"3EB0{attempt_key.hex()[:18].upper()}"
            self._network.attempts[attempt_key] = wa_id
            self._network.arrived.append(Arrived(wa_id, command.to_jid, command.text))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    await self._network.acknowledging.wait()
                    return Sent(wa_id, datetime.now(UTC))
            return Uncertain("no_answer")

    async def find_attempt(self, attempt_key: bytes) -> str | None:
        return self._network.attempts.get(attempt_key)

    async def logout(self) -> None:
        if self._state != "online":
            raise LogoutFailedError("Wait until the session is online, or remove the device on the phone.")
        self._network.linked = False
        self._network.disconnect(self)
        self._change(Transition("logged_out", "logged_out"))

    async def stop(self, deadline: float) -> None:  # noqa: ARG002 - nothing here takes time
        self._network.disconnect(self)

    def receive(self, raw: bytes) -> None:
        self._journal.append("message", hashlib.sha256(raw).hexdigest()[:32], raw)

    def signal(self, signal: Signal) -> None:
        self._change(on_signal(signal))

    def _go_online(self) -> None:
        self.signal("connected")
        self._journal.mark_online()
        self._notices.put_nowait(Linked(self._network.jid, None, "memory"))
        self._network.connect(self)

    def _change(self, transition: Transition) -> None:
        self._state = transition.state
        self._notices.put_nowait(Changed(transition))
