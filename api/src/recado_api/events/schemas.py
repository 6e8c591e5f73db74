"""The log that browsers follow. Socket frames have the same shape, so their types come from here too."""

from uuid import UUID

import msgspec

from recado_api.connections.schemas import ConnectionView
from recado_api.messages.schemas import MessageView
from recado_api.tickets.schemas import TicketView


class ConnectionChanged(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="connection.changed"):
    connection: ConnectionView


class ConnectionRemoved(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="connection.removed"):
    connection_id: UUID


class TicketChanged(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="ticket.changed"):
    ticket: TicketView


class MessageCreated(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="message.created"):
    message: MessageView


class MessageChanged(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="message.changed"):
    message: MessageView


Event = ConnectionChanged | ConnectionRemoved | TicketChanged | MessageCreated | MessageChanged


class Frame(msgspec.Struct, frozen=True, rename="camel"):
    stream: str
    prev: int
    seq: int
    events: list[Event]


class EventsPage(msgspec.Struct, frozen=True, rename="camel"):
    frames: list[Frame]
    cursor: dict[str, int]
    reset: bool
    """True when the log no longer reaches back to the cursor: fetch everything again."""
