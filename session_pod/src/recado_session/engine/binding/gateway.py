"""The gateway to the real WhatsApp (or to a simulator that speaks the same wire).

One per process, and one session per process: the library keeps unsynchronised globals. After `stop` the process must
leave with `os._exit`, because threads of the library cannot be ended.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from uuid import UUID

from neonize.aioze.client import NewAClient
from neonize.exc import NeonizeError, PairPhoneError, SendMessageError

from recado_core.log import logger
from recado_core.session_states import SessionState
from recado_session import addresses
from recado_session.database import patiently
from recado_session.engine import library
from recado_session.engine.binding import client, messages
from recado_session.engine.binding.callbacks import Callbacks
from recado_session.engine.errors import outcome_of
from recado_session.engine.store import Device, Store
from recado_session.gateway import (
    BATCH,
    Changed,
    CodeShown,
    Inbound,
    Linked,
    LogoutFailedError,
    Notice,
    NotSent,
    QrShown,
    Rejected,
    Send,
    SendOutcome,
    Sent,
)
from recado_session.journal import Journal
from recado_session.states import Transition, on_code_refused, on_engine_end

log = logger(__name__)

QUIET_SECONDS = 0.3
FIRST_CODE_SECONDS = 60.0
NEXT_CODE_SECONDS = 20.0
PAIRING_CODE_SECONDS = FIRST_CODE_SECONDS + 5 * NEXT_CODE_SECONDS
"""As long as the engine waits for a phone at all."""


class NeonizeGateway:
    def __init__(self, *, name: UUID, connection_string: str, proxy: str, store: Store, journal: Journal) -> None:
        self._name = name
        self._connection_string = connection_string
        self._proxy = proxy
        self._store = store
        self._journal = journal
        self._notices: asyncio.Queue[Notice] = asyncio.Queue()
        self._callbacks = Callbacks(journal, self._on_change, self._on_code)
        self._state: SessionState = "starting"
        self._codes = 0
        self._phone = ""
        self._asking: asyncio.Task[None] | None = None
        self._client: NewAClient | None = None
        self._watch: asyncio.Task[None] | None = None
        self._told: Device | None = None
        self._telling: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def state(self) -> SessionState:
        return self._state

    async def start(self, phone: str = "") -> None:
        self._phone = phone
        device = await self._store.device()
        self._state = "reconnecting" if device else "starting"
        self._client = client.construct(self._connection_string, self._name, device, self._callbacks)
        running = await self._client.connect(client.proxy_settings(self._proxy))
        self._watch = asyncio.create_task(self._watch_engine(running))

    def events(self, limit: int = BATCH) -> AsyncIterator[Sequence[Inbound]]:
        return self._journal.batches(limit)

    async def notices(self) -> AsyncIterator[Notice]:
        while True:
            yield await self._notices.get()

    async def ack(self, journal_seq: int) -> None:
        self._journal.commit(journal_seq)

    async def send(self, command: Send, attempt_key: bytes) -> SendOutcome:
        if self._client is None:
            return NotSent("not_started")
        try:
            recipient = messages.jid(addresses.parse(command.to_jid))
        except addresses.BadAddressError:
            return Rejected("bad_address")
        try:
            answer = await self._client.send_message(recipient, messages.text_message(command.text, attempt_key))
        except SendMessageError as error:
            return outcome_of(str(error))
        return Sent(answer.ID, datetime.fromtimestamp(answer.Timestamp, UTC))

    async def find_attempt(self, attempt_key: bytes) -> str | None:
        return await self._store.find_attempt(attempt_key)

    async def logout(self) -> None:
        if self._client is None:
            raise LogoutFailedError("Start the session first, or remove the device on the phone.")
        try:
            await self._client.logout()
        except NeonizeError as error:
            raise LogoutFailedError("Remove the device on the phone, under Linked devices.") from error
        self._on_change(Transition("logged_out", "logged_out"))

    async def stop(self, deadline: float) -> None:
        self._stopping = True
        if self._client is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline):
                await self._client.disconnect()
                await self._quiet()

    async def _quiet(self) -> None:
        """Returns when the engine has said nothing for a while: what it had buffered is in the journal then."""
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + QUIET_SECONDS:
            await asyncio.sleep(QUIET_SECONDS / 6)
            quiet_since = max(quiet_since, self._callbacks.last_event_at)

    def _on_change(self, transition: Transition) -> None:
        if self._stopping:
            return
        self._state = transition.state
        self._notices.put_nowait(Changed(transition))
        if transition.state == "online":
            self._journal.mark_online()
            self._telling = asyncio.create_task(self._tell_link())

    def _on_code(self, text: str) -> None:
        self._codes += 1
        if self._phone:
            self._asking = self._asking or asyncio.create_task(self._ask_code())
            return
        if self._codes == 1:
            self._on_change(Transition("qr", "scan_the_code"))
        seconds = FIRST_CODE_SECONDS if self._codes == 1 else NEXT_CODE_SECONDS
        self._notices.put_nowait(QrShown(text, self._codes, seconds))

    async def _ask_code(self) -> None:
        """Together with its first QR code the engine is ready to be asked, not earlier."""
        if self._client is None:
            return
        try:
            code = await client.pairing_code(self._client, self._phone)
        except PairPhoneError as error:
            log.warning("WhatsApp gave no pairing code", problem=library.hide_people(str(error)))
            self._on_change(on_code_refused(str(error)))
            return
        self._on_change(Transition("qr", "type_the_code"))
        self._notices.put_nowait(CodeShown(code, PAIRING_CODE_SECONDS))

    async def _tell_link(self) -> None:
        """From the store, not from the library: asking it at the wrong moment crashes the process."""
        device = await patiently(self._store.device)
        if device is not None and device != self._told:
            self._told = device
            self._notices.put_nowait(Linked(device.jid, device.lid, device.platform))

    async def _watch_engine(self, running: "asyncio.Task[None]") -> None:
        await asyncio.wait({running})
        error = None if running.cancelled() else running.exception()
        log.error("the engine's event loop ended", problem=library.hide_people(str(error)))
        self._on_change(on_engine_end(str(error) if error else None))
