"""The neutral words for what comes in from WhatsApp: frozen structs that the projection applies to the database.

Addresses are full JIDs without device ("551199…@s.whatsapp.net", "123@lid", "120…@g.us"): an id that is only digits
does not say whether it is a phone number, and a LID must never be read as one.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from recado_core.session_states import SessionState

Origin = Literal["live", "offline", "phone"]
"""`offline`: arrived while the session was away. `phone`: the owner wrote it on the phone, WhatsApp echoed it to us."""

ReceiptType = Literal["delivered", "read", "played", "other"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Outcome = Literal["sent", "not_sent", "rejected", "no_recipient", "uncertain", "unknown"]


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """A person (LID, phone number or both) or a group. At least one address is set."""

    lid: str | None = None
    pn: str | None = None
    group_id: str | None = None

    @property
    def key(self) -> str:
        """The address that names the chat: the group, else the LID (WhatsApp prefers it), else the number."""
        key = self.group_id or self.lid or self.pn
        if key is None:
            raise ValueError("A party without any address")
        return key

    @property
    def phone(self) -> str | None:
        """The digits of the phone number, only ever taken from a number, never from a LID."""
        return self.pn.partition("@")[0] if self.pn else None


class Text(msgspec.Struct, frozen=True, tag="text"):
    text: str


class Unsupported(msgspec.Struct, frozen=True, tag="unsupported"):
    """A content that people should know of, though we cannot show it yet; `kind` is WhatsApp's name for it."""

    kind: str


class Ignored(msgspec.Struct, frozen=True, tag="ignored"):
    """Technical only (keys, history, status): its row is done without a message."""

    reason: str


Content = Text | Unsupported | Ignored


class MessageReceived(msgspec.Struct, frozen=True, kw_only=True):
    wa_id: str
    chat: Party
    sender: Party | None
    """Who wrote it: the participant in a group, the contact in a direct chat, None when it is from us."""
    from_me: bool
    push_name: str
    """The name that the sender chose on WhatsApp; for `from_me` it is the owner's, never the contact's."""
    sent_at: Moment
    origin: Origin
    content: Content
    category: str = ""


class ReceiptReceived(msgspec.Struct, frozen=True, kw_only=True):
    wa_ids: tuple[str, ...]
    chat: Party
    """As WhatsApp said it: often the LID alone, even when the message was sent to the number."""
    type: ReceiptType
    at: Moment
    from_me: bool
    """True when another device of the owner reports it: it says nothing about the customer."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A message that could not be decrypted (yet). The same `wa_id` may come later as a MessageReceived."""

    wa_id: str
    chat: Party
    sender: Party | None
    push_name: str
    sent_at: Moment
    from_me: bool = False


class Nothing(msgspec.Struct, frozen=True):
    """Known, readable, and nothing for a team inbox: its row is done as it is."""

    reason: str


class OutboundReport(msgspec.Struct, frozen=True, kw_only=True):
    message_id: UUID
    outcome: Outcome
    at: Moment
    wa_id: str | None = None
    reason: str | None = None


class SessionStateReport(msgspec.Struct, frozen=True, kw_only=True):
    state: SessionState
    epoch: int
    at: Moment
    reason: str | None = None


EngineEvent = MessageReceived | ReceiptReceived | Waiting | Nothing | OutboundReport | SessionStateReport
