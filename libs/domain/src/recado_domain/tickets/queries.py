from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_

from recado_domain.contacts.tables import contact
from recado_domain.errors import NotFoundError
from recado_domain.metadata import one_of
from recado_domain.streams.rules import queue_stream
from recado_domain.tickets.events import TicketChanged
from recado_domain.tickets.rules import Position, decode_position, encode_position
from recado_domain.tickets.tables import ticket
from recado_domain.tickets.views import TicketContactView, TicketStatus, TicketView
from recado_domain.unit_of_work import Changes, Told, UnitOfWork

_VIEW = (
    ticket.c.id,
    ticket.c.status,
    ticket.c.unread_count,
    ticket.c.last_message_at,
    ticket.c.last_message_preview,
    ticket.c.last_message_from_me,
    ticket.c.last_message_state,
    ticket.c.connection_id,
    ticket.c.queue_id,
    ticket.c.assignee_id,
    ticket.c.opened_at,
    ticket.c.closed_at,
    contact.c.id.label("contact_id"),
    func.coalesce(contact.c.name, contact.c.push_name).label("contact_name"),
    contact.c.phone.label("contact_phone"),
    contact.c.kind.label("contact_kind"),
)


class TicketFilter(msgspec.Struct, frozen=True, kw_only=True):
    """None means any. `queue_ids` are those that the asker may see, never more."""

    queue_ids: Sequence[UUID]
    status: TicketStatus | None = None
    assignee: UUID | Literal["none"] | None = None


class TicketPage(msgspec.Struct, frozen=True):
    items: list[TicketView]
    next: str | None


async def list_tickets(work: UnitOfWork, wanted: TicketFilter, *, limit: int, after: str | None = None) -> TicketPage:
    """The latest first, by keyset. Raises CursorInvalidError."""
    query = _views(work).where(*_conditions(wanted))
    if after is not None:
        at = decode_position(after)
        query = query.where(tuple_(ticket.c.last_message_at, ticket.c.id) < tuple_(at.last_message_at, at.id))
    query = query.order_by(ticket.c.last_message_at.desc(), ticket.c.id.desc()).limit(limit + 1)
    items = [_view(row) for row in await work.execute(query)]
    if len(items) <= limit:
        return TicketPage(items, None)
    last = items[limit - 1]
    return TicketPage(items[:limit], encode_position(Position(last.last_message_at, last.id)))


def _conditions(wanted: TicketFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [one_of(ticket.c.queue_id, wanted.queue_ids)]
    if wanted.status is not None:
        conditions.append(ticket.c.status == wanted.status)
    if wanted.assignee == "none":
        conditions.append(ticket.c.assignee_id.is_(None))
    elif wanted.assignee is not None:
        conditions += [ticket.c.assignee_id == wanted.assignee]
    return conditions


async def ticket_view(work: UnitOfWork, ticket_id: UUID) -> TicketView:
    row = (await work.execute(_views(work).where(ticket.c.id == ticket_id))).one_or_none()
    if row is None:
        raise NotFoundError("There is no such ticket. Reload the list of tickets.")
    return _view(row)


async def describe_tickets(work: UnitOfWork, changes: Changes) -> Sequence[Told]:
    """See `unit_of_work.Describe`."""
    rows = await work.execute(_views(work).where(one_of(ticket.c.id, changes)).order_by(ticket.c.id))
    return [ticket_changed(row) for row in rows]


def ticket_changed(row: Row[Any]) -> Told:
    """`row` has the columns of a ticket's view."""
    view = _view(row)
    return queue_stream(view.queue_id), TicketChanged(ticket=view)


def _views(work: UnitOfWork) -> Select[*tuple[Any, ...]]:
    same = (contact.c.company_id == ticket.c.company_id) & (contact.c.id == ticket.c.contact_id)
    return select(*_VIEW).join(contact, same).where(ticket.c.company_id == work.company_id)


def _view(row: Row[Any]) -> TicketView:
    return TicketView(
        id=row.id,
        status=row.status,
        unread_count=row.unread_count,
        last_message_at=row.last_message_at,
        last_message_preview=row.last_message_preview,
        last_message_from_me=row.last_message_from_me,
        last_message_state=row.last_message_state,
        contact=TicketContactView(row.contact_id, row.contact_name, row.contact_phone, row.contact_kind),
        connection_id=row.connection_id,
        queue_id=row.queue_id,
        assignee_id=row.assignee_id,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )
