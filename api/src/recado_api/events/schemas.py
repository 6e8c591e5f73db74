"""The log that browsers follow. Socket frames have the same shape, so their types come from here too."""

from collections.abc import Sequence

import msgspec

from recado_domain.connections.events import ConnectionChanged, ConnectionRemoved
from recado_domain.messages.events import MessageChanged, MessageCreated
from recado_domain.tickets.events import TicketChanged

Event = ConnectionChanged | ConnectionRemoved | TicketChanged | MessageCreated | MessageChanged


class Frame(msgspec.Struct, frozen=True, rename="camel"):
    """What happened to a stream after `prev` up to `seq`, nothing left out."""

    stream: str
    prev: int
    seq: int
    events: Sequence[Event]


class EventsPage(msgspec.Struct, frozen=True, rename="camel"):
    frames: Sequence[Frame]
    cursor: dict[str, int]
    reset: bool
    """True when the log cannot close the gap: read everything afresh, then follow from `cursor`."""
