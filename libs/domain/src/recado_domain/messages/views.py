from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

MessageKind = Literal["text", "unsupported", "undecryptable"]
MessageOrigin = Literal["live", "offline", "phone", "recado"]
MessageState = Literal[
    "received",
    "scheduled",
    "queued",
    "sending",
    "sent",
    "delivered",
    "read",
    "played",
    "failed",
    "unknown",
    "cancelled",
]


class MessageView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    ticket_id: UUID
    seq: int
    """The order within the ticket. Clocks never order anything."""
    from_me: bool
    kind: MessageKind
    text: str
    unsupported_kind: str | None
    state: MessageState
    state_reason: str | None
    origin: MessageOrigin
    sender_user_id: UUID | None
    sent_at: datetime
    created_at: datetime
