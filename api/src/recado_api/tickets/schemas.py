"""Tickets as the browser sees and filters them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from recado_api.messages.schemas import MessageState

TicketStatus = Literal["pending", "open", "closed"]
Assignee = Literal["me", "none", "all"]


class ContactView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str
    phone: str | None
    kind: Literal["person", "group"]


class TicketView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    status: TicketStatus
    unread_count: int
    last_message_at: datetime
    last_message_preview: str
    last_message_from_me: bool
    last_message_state: MessageState | None
    contact: ContactView
    connection_id: UUID
    queue_id: UUID
    assignee_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None


class TicketPage(msgspec.Struct, frozen=True, rename="camel"):
    items: list[TicketView]
    next: str | None
