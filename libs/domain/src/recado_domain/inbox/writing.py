"""Writes a batch back: one statement for each kind of row that changed, whatever their number."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core.engine.wire import SessionStateReport
from recado_domain.connections.queries import describe_connections
from recado_domain.connections.tables import connection, session_lease
from recado_domain.inbox.changes import Batch
from recado_domain.inbox.tables import early_receipt
from recado_domain.messages.queries import describe_messages
from recado_domain.messages.tables import message
from recado_domain.metadata import one_of
from recado_domain.outbox.tables import outbox
from recado_domain.queues.queries import default_queue_id
from recado_domain.tickets.queries import describe_tickets
from recado_domain.tickets.tables import ticket
from recado_domain.unit_of_work import UnitOfWork

Rows = Sequence[Mapping[str, Any]]


async def write(work: UnitOfWork, connection_id: UUID, batch: Batch) -> None:
    """Tickets before their messages, as the foreign keys want it; events in the order in which people read."""
    await _write_tickets(work, connection_id, batch)
    await _write_messages(work, connection_id, batch)
    await _write_receipts(work, connection_id, batch)
    if batch.connection_state is not None:
        await _write_connection(work, connection_id, batch.connection_state)


async def _write_tickets(work: UnitOfWork, connection_id: UUID, batch: Batch) -> None:
    if batch.new_tickets:
        common = {
            "company_id": work.company_id,
            "connection_id": connection_id,
            "queue_id": await default_queue_id(work),
            "opened_at": work.now,
        }
        await work.execute(insert(ticket), [asdict(row) | common for row in batch.new_tickets.values()])
    await _update(work, ticket, [asdict(row) for row in batch.changed_tickets.values()], fixed={"contact_id"})
    for ticket_id in [*batch.new_tickets, *batch.changed_tickets]:
        work.changed(describe_tickets, ticket_id, created=ticket_id in batch.new_tickets)


async def _write_messages(work: UnitOfWork, connection_id: UUID, batch: Batch) -> None:
    if batch.new_messages:
        common = {"company_id": work.company_id, "connection_id": connection_id, "created_at": work.now}
        await work.execute(insert(message), [asdict(row) | common for row in batch.new_messages.values()])
    changed = [asdict(row) for row in batch.changed_messages.values()]
    await _update(work, message, changed, fixed={"ticket_id", "chat", "seq", "from_me", "origin", "sent_at"})
    for message_id in [*batch.new_messages, *batch.changed_messages]:
        work.changed(describe_messages, message_id, created=message_id in batch.new_messages)
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


async def _update(work: UnitOfWork, table: Table, rows: Rows, *, fixed: set[str]) -> None:
    """Many rows in one go; asyncpg pipelines them."""
    if not rows:
        return
    columns = rows[0].keys() - fixed - {"id"}
    statement = (
        update(table)
        .where(table.c.company_id == work.company_id, table.c.id == bindparam("which"))
        .values({column: bindparam(f"new_{column}") for column in columns})
    )
    await work.execute(
        statement, [{"which": row["id"]} | {f"new_{column}": row[column] for column in columns} for row in rows]
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
