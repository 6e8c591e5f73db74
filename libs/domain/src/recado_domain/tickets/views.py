from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

TicketStatus = Literal["pending", "open", "closed"]


class TicketContactView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    name: str | None
    """What the team calls the contact, else what the contact calls itself."""
    phone: str | None
    kind: Literal["person", "group"]


class TicketView(msgspec.Struct, frozen=True, rename="camel"):
    id: UUID
    status: TicketStatus
    unread_count: int
    last_message_at: datetime
    last_message_preview: str
    last_message_from_me: bool
    last_message_state: str
    contact: TicketContactView
    connection_id: UUID
    queue_id: UUID
    assignee_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None
