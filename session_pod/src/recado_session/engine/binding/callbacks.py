"""Where the engine's foreign threads hand things over. Nothing here may raise: an exception in a callback is printed
and forgotten, and the message with it.

Raw bytes are in the journal before the callback returns; everything else is passed to the event loop.
"""

import asyncio
import ctypes
import time
from collections.abc import Callable

from google.protobuf.message import DecodeError

from recado_core.log import logger
from recado_session.engine import keys
from recado_session.engine.binding import signals
from recado_session.gateway import InboundKind
from recado_session.journal import Journal
from recado_session.states import Transition, on_login

log = logger(__name__)


class Callbacks:
    """`changed` and `code_shown` are called in the event loop."""

    def __init__(
        self, journal: Journal, changed: Callable[[Transition], None], code_shown: Callable[[str], None]
    ) -> None:
        self._journal = journal
        self._changed = changed
        self._code_shown = code_shown
        self._loop = asyncio.get_running_loop()
        self.last_event_at = time.monotonic()

    def event(self, uuid: int, binary: int, size: int, code: int) -> None:  # noqa: ARG002 - the library's signature
        """Takes the place of the library's own dispatcher, with its signature."""
        self.last_event_at = time.monotonic()
        raw = ctypes.string_at(binary, size)
        if kind := signals.INBOUND.get(code):
            self._keep(kind, raw)
        elif code in signals.SIGNALS:
            self._pass_on(code, raw)

    def login_status(self, _uuid: int, address: int) -> None:
        """The only voice of the QR phase; the library ignores it."""
        self._call(self._changed, on_login(ctypes.string_at(address).decode(errors="replace")))

    async def qr(self, _client: object, text: bytes) -> None:
        self._code_shown(text.decode())

    def _keep(self, kind: InboundKind, raw: bytes) -> None:
        try:
            event = keys.decode(kind, raw)
            if keys.is_between_own_devices(event):
                return
            key = keys.key_of(kind, event)
        except DecodeError:
            log.exception("the engine handed over bytes that it cannot read itself", kind=kind)
            key = keys.key_of_unreadable(kind, raw)
        self._journal.append(kind, key, raw)

    def _pass_on(self, code: int, raw: bytes) -> None:
        try:
            transition = signals.transition(code, raw)
        except DecodeError:
            log.exception("a signal of the engine cannot be read", signal=signals.SIGNALS[code])
            return
        self._call(self._changed, transition)

    def _call(self, function: Callable[[Transition], None], transition: Transition) -> None:
        self._loop.call_soon_threadsafe(function, transition)
