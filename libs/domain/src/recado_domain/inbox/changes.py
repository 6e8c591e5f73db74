"""What a batch knows and changes while it is applied in memory: plain rows with a note of what must be written."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from recado_core.engine.wire import SessionStateReport
from recado_domain.contacts.rules import Address
from recado_domain.messages.views import MessageKind, MessageOrigin, MessageState
from recado_domain.tickets.views import TicketStatus


@dataclass(slots=True)
class TicketRow:
    id: UUID
    contact_id: UUID
    status: TicketStatus
    unread_count: int
    message_count: int
    last_message_at: datetime
    last_message_preview: str = ""
    last_message_from_me: bool = False
    last_message_state: str = ""


@dataclass(slots=True)
class MessageRow:
    id: UUID
    ticket_id: UUID
    chat: str
    wa_id: str | None
    from_me: bool
    seq: int
    kind: MessageKind
    body: str
    unsupported_kind: str | None
    state: MessageState
    state_reason: str | None
    origin: MessageOrigin
    sent_at: datetime
    outbox_wa_id: str | None = None
    """The message may be known by it before the report that gives it its `wa_id`."""


@dataclass(slots=True)
class Batch:
    """Everything that the events of one batch may touch, by the keys by which they name it."""

    now: datetime
    contact_of: dict[Address, UUID] = field(default_factory=dict)
    tickets: dict[UUID, TicketRow] = field(default_factory=dict)
    live: dict[UUID, TicketRow] = field(default_factory=dict)
    """By contact."""
    messages: dict[UUID, MessageRow] = field(default_factory=dict)
    early: dict[str, MessageState] = field(default_factory=dict)
    """Receipts that wait for their message, by WhatsApp id."""

    new_tickets: dict[UUID, TicketRow] = field(default_factory=dict)
    new_messages: dict[UUID, MessageRow] = field(default_factory=dict)
    changed_tickets: dict[UUID, TicketRow] = field(default_factory=dict)
    changed_messages: dict[UUID, MessageRow] = field(default_factory=dict)
    confirmed: set[UUID] = field(default_factory=set)
    """Messages whose arrival is proved: nothing of them is left in the outbox."""
    early_changed: dict[str, tuple[MessageState, datetime]] = field(default_factory=dict)
    early_used: set[str] = field(default_factory=set)
    connection_state: SessionStateReport | None = None

    by_wa_id: dict[str, list[MessageRow]] = field(default_factory=dict)

    def know(self, message: MessageRow) -> None:
        """Makes `message` findable by every WhatsApp id that it is known to have."""
        self.messages[message.id] = message
        for wa_id in {message.wa_id, message.outbox_wa_id} - {None}:
            rows = self.by_wa_id.setdefault(str(wa_id), [])
            if message not in rows:
                rows.append(message)

    def find(self, wa_id: str, chat: str, *, from_me: bool) -> MessageRow | None:
        for message in self.by_wa_id.get(wa_id, ()):
            if message.chat == chat and message.from_me == from_me:
                return message
        return None

    def touch_ticket(self, ticket: TicketRow) -> None:
        if ticket.id not in self.new_tickets:
            self.changed_tickets[ticket.id] = ticket

    def touch_message(self, message: MessageRow) -> None:
        if message.id not in self.new_messages:
            self.changed_messages[message.id] = message
