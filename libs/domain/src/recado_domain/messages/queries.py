from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select

from recado_domain.errors import NotFoundError
from recado_domain.messages.events import MessageChanged, MessageCreated
from recado_domain.messages.tables import message
from recado_domain.messages.views import MessageView
from recado_domain.metadata import one_of
from recado_domain.streams.events import Event
from recado_domain.streams.rules import queue_stream
from recado_domain.tickets.tables import ticket
from recado_domain.unit_of_work import Changes, UnitOfWork

VIEW = (
    message.c.id,
    message.c.ticket_id,
    message.c.seq,
    message.c.from_me,
    message.c.kind,
    message.c.body.label("text"),
    message.c.unsupported_kind,
    message.c.state,
    message.c.state_reason,
    message.c.origin,
    message.c.sender_user_id,
    message.c.sent_at,
    message.c.created_at,
)


class PageWanted(msgspec.Struct, frozen=True, kw_only=True):
    """At most one of the three; none means the latest messages. `around` is in the page, the others are not."""

    limit: int
    before: int | None = None
    after: int | None = None
    around: int | None = None


class MessagePage(msgspec.Struct, frozen=True):
    items: list[MessageView]
    """By rising `seq`."""
    has_before: bool
    has_after: bool


async def list_messages(work: UnitOfWork, ticket_id: UUID, wanted: PageWanted) -> MessagePage:
    """One page of a ticket. Raises NotFoundError when there is no such ticket."""
    first, last = await _ends(work, ticket_id)
    if wanted.after is not None:
        items = await _following(work, ticket_id, wanted.after, wanted.limit)
    elif wanted.around is not None:
        half = wanted.limit // 2
        earlier = await _preceding(work, ticket_id, wanted.around, half) if half else []
        items = earlier + await _following(work, ticket_id, wanted.around - 1, wanted.limit - half)
    else:
        items = await _preceding(work, ticket_id, wanted.before or last + 1, wanted.limit)
    low, high = (items[0].seq, items[-1].seq) if items else _edge(wanted, first, last)
    return MessagePage(items, has_before=low > first, has_after=high < last)


def _edge(wanted: PageWanted, first: int, last: int) -> tuple[int, int]:
    """An empty page lies before the first message or behind the last one."""
    return (first, first - 1) if wanted.before is not None else (last + 1, last)


async def _ends(work: UnitOfWork, ticket_id: UUID) -> tuple[int, int]:
    """The first and the last number of the ticket; (1, 0) when it has no messages."""
    mine = (message.c.company_id == work.company_id, message.c.ticket_id == ticket_id)
    query = select(
        func.coalesce(select(func.min(message.c.seq)).where(*mine).scalar_subquery(), 1).label("first"),
        func.coalesce(select(func.max(message.c.seq)).where(*mine).scalar_subquery(), 0).label("last"),
    ).where(ticket.c.company_id == work.company_id, ticket.c.id == ticket_id)
    row = (await work.execute(query)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such ticket. Reload the list of tickets.")
    return row.first, row.last


def _of_ticket(work: UnitOfWork, ticket_id: UUID) -> Select[*tuple[Any, ...]]:
    return select(*VIEW).where(message.c.company_id == work.company_id, message.c.ticket_id == ticket_id)


async def _preceding(work: UnitOfWork, ticket_id: UUID, seq: int, limit: int) -> list[MessageView]:
    query = _of_ticket(work, ticket_id).where(message.c.seq < seq).order_by(message.c.seq.desc()).limit(limit)
    return [MessageView(**row) for row in (await work.execute(query)).mappings()][::-1]


async def _following(work: UnitOfWork, ticket_id: UUID, seq: int, limit: int) -> list[MessageView]:
    query = _of_ticket(work, ticket_id).where(message.c.seq > seq).order_by(message.c.seq).limit(limit)
    return [MessageView(**row) for row in (await work.execute(query)).mappings()]


async def message_view(work: UnitOfWork, message_id: UUID) -> MessageView:
    query = select(*VIEW).where(message.c.company_id == work.company_id, message.c.id == message_id)
    row = (await work.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such message. Reload the ticket.")
    return MessageView(**row)


async def describe_messages(work: UnitOfWork, changes: Changes) -> Sequence[tuple[str, Event]]:
    """See `unit_of_work.Describe`."""
    query = (
        select(ticket.c.queue_id, *VIEW)
        .join(ticket, (ticket.c.company_id == message.c.company_id) & (ticket.c.id == message.c.ticket_id))
        .where(message.c.company_id == work.company_id, one_of(message.c.id, changes))
        .order_by(message.c.ticket_id, message.c.seq)
    )
    events: list[tuple[str, Event]] = []
    for row in (await work.execute(query)).mappings():
        values = dict(row)
        stream = queue_stream(values.pop("queue_id"))
        view = MessageView(**values)
        events.append((stream, MessageCreated(message=view) if changes[view.id] else MessageChanged(message=view)))
    return events
