"""Messages as the browser sees and sends them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

MessageState = Literal[
    "received", "queued", "sending", "sent", "delivered", "read", "played", "failed", "unknown", "cancelled"
]


class MessageView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    ticket_id: UUID
    seq: int
    from_me: bool
    kind: Literal["text", "unsupported", "undecryptable"]
    text: str | None
    unsupported_kind: str | None
    state: MessageState
    state_reason: str | None
    origin: Literal["live", "offline", "phone", "recado"]
    sender_user_id: UUID | None
    sent_at: datetime
    created_at: datetime


class MessagePage(msgspec.Struct, frozen=True, rename="camel"):
    items: list[MessageView]
    """Ascending by `seq`."""
    has_before: bool
    has_after: bool


class NewMessage(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=4096)]


class QueuedMessage(msgspec.Struct, frozen=True, rename="camel"):
    message: MessageView
    delivery: Literal["now", "when_online"]
