"""What browsers learn of tickets: on the stream of the queue that the ticket waits in."""

from recado_domain.streams.events import Event
from recado_domain.tickets.views import TicketView


class TicketChanged(Event, frozen=True, tag="ticket.changed"):
    ticket: TicketView
