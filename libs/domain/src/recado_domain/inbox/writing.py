"""Writes a batch back: tickets, messages and the rows that are done in one statement, whatever their number; a few more
for what is not in every batch. Rows travel as JSON, which PostgreSQL turns into rows of the table by itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core.engine.wire import SessionStateReport
from recado_domain.connections.queries import describe_connections
from recado_domain.connections.tables import connection, session_lease
from recado_domain.inbox.changes import Batch, MessageRow
from recado_domain.inbox.tables import early_receipt
from recado_domain.messages.events import MessageCreated
from recado_domain.messages.queries import describe_messages
from recado_domain.messages.views import MessageView
from recado_domain.metadata import one_of
from recado_domain.outbox.tables import outbox
from recado_domain.queues.queries import default_queue_id
from recado_domain.streams.rules import queue_stream
from recado_domain.tickets.queries import describe_tickets, ticket_changed
from recado_domain.unit_of_work import UnitOfWork

# Foreign keys are checked at the end of the statement, so a message may stand beside its new ticket. What comes back is
# what browsers see of the tickets: `describe_tickets` would read the same.
WRITE = text("""
with opened as (
    insert into ticket (company_id, id, connection_id, contact_id, queue_id, status, unread_count, message_count,
        last_message_at, last_message_preview, last_message_from_me, last_message_state, opened_at)
    select :company, id, :connection, contact_id, cast(:queue as uuid), status, unread_count, message_count,
        last_message_at, last_message_preview, last_message_from_me, last_message_state, :now
    from json_populate_recordset(null::ticket, cast(:new_tickets as json))
    returning *
), moved as (
    update ticket t set status = n.status, unread_count = n.unread_count, message_count = n.message_count,
        last_message_at = n.last_message_at, last_message_preview = n.last_message_preview,
        last_message_from_me = n.last_message_from_me, last_message_state = n.last_message_state
    from json_populate_recordset(null::ticket, cast(:changed_tickets as json)) n
    where t.company_id = :company and t.id = n.id
    returning t.*
), appended as (
    insert into message (company_id, id, ticket_id, connection_id, chat, wa_id, from_me, seq, kind, body,
        unsupported_kind, state, state_reason, origin, sent_at, created_at)
    select :company, id, ticket_id, :connection, chat, wa_id, from_me, seq, kind, body,
        unsupported_kind, state, state_reason, origin, sent_at, :now
    from json_populate_recordset(null::message, cast(:new_messages as json))
), amended as (
    update message m set wa_id = n.wa_id, kind = n.kind, body = n.body, unsupported_kind = n.unsupported_kind,
        state = n.state, state_reason = n.state_reason
    from json_populate_recordset(null::message, cast(:changed_messages as json)) n
    where m.company_id = :company and m.id = n.id
), applied as (
    update inbox_event set state = 'done' where company_id = :company and id = any(:done)
)
select t.*, coalesce(c.name, c.push_name) as contact_name, c.phone as contact_phone, c.kind as contact_kind
from (table opened union all table moved) t join contact c on c.company_id = t.company_id and c.id = t.contact_id
order by t.id
""")


async def write(work: UnitOfWork, connection_id: UUID, batch: Batch, done: Sequence[int]) -> None:
    """Also marks the rows of the inbox that made this batch as `done`."""
    values = {
        "company": work.company_id,
        "connection": connection_id,
        "now": work.now,
        "queue": await default_queue_id(work) if batch.new_tickets else None,
        "new_tickets": _json(batch.new_tickets.values()),
        "changed_tickets": _json(batch.changed_tickets.values()),
        "new_messages": _json(batch.new_messages.values()),
        "changed_messages": _json(batch.changed_messages.values()),
        "done": list(done),
    }
    tickets = (await work.execute(WRITE, values)).all()
    await _write_confirmed(work, batch)
    await _write_receipts(work, connection_id, batch)
    if batch.connection_state is not None:
        await _write_connection(work, connection_id, batch.connection_state)
    _tell(work, batch, tickets)  # last: what is told must not be rolled back to a savepoint


def _json(rows: Iterable[object]) -> str:
    return msgspec.json.encode(list(rows)).decode()


def _tell(work: UnitOfWork, batch: Batch, tickets: Sequence[Row[Any]]) -> None:
    """In the order in which people read: tickets first. A new message always changes its ticket."""
    streams = {row.id: queue_stream(row.queue_id) for row in tickets}
    for row in tickets:
        work.changed(describe_tickets, row.id, created=row.id in batch.new_tickets, event=ticket_changed(row))
    for message in sorted(batch.new_messages.values(), key=lambda message: (message.ticket_id, message.seq)):
        event = MessageCreated(message=_view(work, message))
        work.changed(describe_messages, message.id, created=True, event=(streams[message.ticket_id], event))
    for message_id in batch.changed_messages:
        work.changed(describe_messages, message_id)


def _view(work: UnitOfWork, message: MessageRow) -> MessageView:
    """Of a message that came in: nobody here sent it."""
    return MessageView(
        id=message.id,
        ticket_id=message.ticket_id,
        seq=message.seq,
        from_me=message.from_me,
        kind=message.kind,
        text=message.body,
        unsupported_kind=message.unsupported_kind,
        state=message.state,
        state_reason=message.state_reason,
        origin=message.origin,
        sender_user_id=None,
        sent_at=message.sent_at,
        created_at=work.now,
    )


async def _write_confirmed(work: UnitOfWork, batch: Batch) -> None:
    if batch.confirmed:
        await work.execute(
            update(outbox)
            .where(
                outbox.c.company_id == work.company_id,
                one_of(outbox.c.message_id, batch.confirmed),
                outbox.c.state.in_(("sending", "unconfirmed", "unknown")),
            )
            .values(state="done")
        )


async def _write_receipts(work: UnitOfWork, connection_id: UUID, batch: Batch) -> None:
    if batch.early_changed:
        rows = [
            {
                "company_id": work.company_id,
                "connection_id": connection_id,
                "wa_id": wa_id,
                "state": state,
                "at": at,
            }
            for wa_id, (state, at) in batch.early_changed.items()
        ]
        statement = upsert(early_receipt)
        key = ["company_id", "connection_id", "wa_id"]
        await work.execute(
            statement.on_conflict_do_update(index_elements=key, set_={"state": statement.excluded.state}), rows
        )
    if batch.early_used:
        await work.execute(
            delete(early_receipt).where(
                early_receipt.c.company_id == work.company_id,
                early_receipt.c.connection_id == connection_id,
                one_of(early_receipt.c.wa_id, batch.early_used),
            )
        )


async def _write_connection(work: UnitOfWork, connection_id: UUID, told: SessionStateReport) -> None:
    """What a session said that has been replaced since is history. The event goes out even when the state is the same:
    the phone number or the name may be new.
    """
    lease = select(session_lease.c.epoch).where(
        session_lease.c.company_id == work.company_id, session_lease.c.connection_id == connection_id
    )
    reason = told.reason or ""
    which = (connection.c.company_id == work.company_id, connection.c.id == connection_id)
    await work.execute(
        update(connection)
        .where(
            *which,
            func.coalesce(lease.scalar_subquery(), 0) <= told.epoch,
            (connection.c.state != told.state) | (connection.c.state_reason != reason),
        )
        .values(state=told.state, state_reason=reason, state_since=told.at)
    )
    work.changed(describe_connections, connection_id)
