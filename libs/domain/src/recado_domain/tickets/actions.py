"""What the team does with tickets. Each verb may be repeated: the second time changes nothing and says the same."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, update

from recado_domain.tickets.errors import TicketClosedError, TicketTakenError
from recado_domain.tickets.queries import describe_tickets, ticket_view
from recado_domain.tickets.tables import ticket
from recado_domain.tickets.views import TicketView
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.queries import user_view


async def take(work: UnitOfWork, ticket_id: UUID, user_id: UUID) -> TicketView:
    """Compare and set: of many who take at the same time one wins. Raises TicketTakenError, TicketClosedError."""
    free = or_(ticket.c.assignee_id.is_(None), ticket.c.assignee_id == user_id)
    taken = await work.execute(
        update(ticket)
        .where(
            ticket.c.company_id == work.company_id,
            ticket.c.id == ticket_id,
            ticket.c.status != "closed",
            free,
            or_(ticket.c.assignee_id.is_(None), ticket.c.status == "pending"),
        )
        .values(assignee_id=user_id, status="open")
        .returning(ticket.c.id)
    )
    if taken.one_or_none() is not None:
        work.changed(describe_tickets, ticket_id)
        return await ticket_view(work, ticket_id)
    view = await ticket_view(work, ticket_id)
    if view.status == "closed":
        raise TicketClosedError("This ticket is closed. A new message of the customer opens a new one.")
    if view.assignee_id != user_id and view.assignee_id is not None:
        winner = await user_view(work, view.assignee_id)
        raise TicketTakenError(f"{winner.name} took this ticket. Ask them to hand it over.", winner=winner)
    return view


async def close(work: UnitOfWork, ticket_id: UUID) -> TicketView:
    """Done with it. What the customer writes next opens a new ticket."""
    await _update(work, ticket_id, ticket.c.status != "closed", status="closed", closed_at=work.now, unread_count=0)
    return await ticket_view(work, ticket_id)


async def mark_read(work: UnitOfWork, ticket_id: UUID) -> TicketView:
    """Somebody of the team saw all of it."""
    await _update(work, ticket_id, ticket.c.unread_count > 0, unread_count=0)
    return await ticket_view(work, ticket_id)


async def _update(work: UnitOfWork, ticket_id: UUID, when: ColumnElement[bool], **values: object) -> None:
    changed = await work.execute(
        update(ticket)
        .where(ticket.c.company_id == work.company_id, ticket.c.id == ticket_id, when)
        .values(**values)
        .returning(ticket.c.id)
    )
    if changed.one_or_none() is not None:
        work.changed(describe_tickets, ticket_id)
