"""Which tickets a user may see: those in the queues that the user sees. Everything else does not exist for them."""

from uuid import UUID

from recado_domain.errors import NotFoundError
from recado_domain.queues.queries import visible_queues
from recado_domain.tickets.queries import ticket_view
from recado_domain.tickets.views import TicketView
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView


async def visible_queue_ids(work: UnitOfWork, user: UserView, only: UUID | None = None) -> list[UUID]:
    """All that `user` sees, or `only` that one when it is among them."""
    return [queue.id for queue in await visible_queues(work, user) if only in {None, queue.id}]


async def access_ticket(work: UnitOfWork, user: UserView, ticket_id: UUID) -> TicketView:
    """Raises NotFoundError."""
    ticket = await ticket_view(work, ticket_id)
    if not await visible_queue_ids(work, user, ticket.queue_id):
        raise NotFoundError("There is no such ticket. Reload the list of tickets.")
    return ticket
