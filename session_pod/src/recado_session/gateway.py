"""The port to WhatsApp: what a session can do, in words that no library owns.

Implementations are the real engine (`engine/`) and an in-memory network (`memory.py`); one contract suite holds both
to the same behaviour. Everything that must not get lost goes through `events` and is acknowledged after it is stored;
`notices` are for the moment only (codes, changes of state).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from recado_core.errors import RecadoError
from recado_core.session_states import SessionState
from recado_session.states import Transition

BATCH = 200

InboundKind = Literal["message", "receipt", "undecryptable"]


class Inbound(msgspec.Struct, frozen=True):
    """Raw bytes from WhatsApp. `key` names the event itself: storing it twice under the same key stores it once."""

    journal_seq: int
    key: str
    kind: InboundKind
    received_at: datetime
    raw: bytes


class Send(msgspec.Struct, frozen=True):
    to_jid: str
    text: str


class Sent(msgspec.Struct, frozen=True):
    """WhatsApp's server took it."""

    wa_id: str
    at: datetime


class NotSent(msgspec.Struct, frozen=True):
    """It certainly did not leave: the same row may be tried again."""

    reason: str


class Uncertain(msgspec.Struct, frozen=True):
    """It may have left; `find_attempt` knows under which id, and a receipt decides. Never try again blindly."""

    reason: str


class Rejected(msgspec.Struct, frozen=True):
    """WhatsApp said no, and will say no again."""

    reason: str


class Restricted(msgspec.Struct, frozen=True):
    """WhatsApp limits this number: the message did not arrive, and for a while no other should be tried."""

    reason: str


class NoSuchRecipient(msgspec.Struct, frozen=True):
    reason: str


SendOutcome = Sent | NotSent | Uncertain | Rejected | Restricted | NoSuchRecipient


class QrShown(msgspec.Struct, frozen=True):
    """The `number`th code (from 1) of this process; the phone may scan it for `seconds`."""

    text: str
    number: int
    seconds: float


class CodeShown(msgspec.Struct, frozen=True):
    """The code, as `ABCD-EFGH`, that links when it is typed on the phone within `seconds`."""

    text: str
    seconds: float


class Linked(msgspec.Struct, frozen=True):
    jid: str
    lid: str | None
    platform: str


class Changed(msgspec.Struct, frozen=True):
    transition: Transition


Notice = QrShown | CodeShown | Linked | Changed


class LogoutFailedError(RecadoError):
    code = "session.logout_failed"
    title = "The device could not be removed from the account"


class WhatsAppGateway(Protocol):
    @property
    def state(self) -> SessionState: ...

    async def start(self, phone: str = "") -> None:
        """Resumes the stored device. When there is none it asks to be linked: by QR code, or by a pairing code for the
        number `phone` (E.164). Raises RecadoError.
        """
        ...

    def events(self, limit: int = BATCH) -> AsyncIterator[Sequence[Inbound]]:
        """Batches in the order of arrival, from the first one that is not acknowledged; waits for more for ever."""
        ...

    def notices(self) -> AsyncIterator[Notice]: ...

    async def ack(self, journal_seq: int) -> None:
        """All events up to this one are stored elsewhere. May be repeated."""
        ...

    async def send(self, command: Send, attempt_key: bytes) -> SendOutcome:
        """Sends one message. `attempt_key` (32 bytes) is journalled with the message's id before anything leaves."""
        ...

    async def find_attempt(self, attempt_key: bytes) -> str | None:
        """The id under which this attempt may have left, None when it certainly did not."""
        ...

    async def logout(self) -> None:
        """Removes this device from the account and forgets its keys. Raises LogoutFailedError unless online."""
        ...

    async def stop(self, deadline: float) -> None:
        """Disconnects and returns when nothing more comes in, after `deadline` seconds at most. Loses nothing."""
        ...
