"""The projection: applies what came in, in order, under the connection's lock, a batch in one transaction.

A batch is tried as a whole, without savepoints. When it is refused, it is done again carefully: in halves, and halves
of halves, each in a savepoint, until the row that cannot be applied stands alone and is set aside with its reason. What
may go better next time (a lost connection, a deadlock) is raised instead: nobody's message goes to quarantine because
the database was restarted.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from recado_core.engine.wire import EngineEvent
from recado_core.log import logger
from recado_domain.inbox.errors import BatchRefusedError, NotApplicableError
from recado_domain.inbox.loading import load
from recado_domain.inbox.projection import apply
from recado_domain.inbox.queries import InboxRow
from recado_domain.inbox.tables import inbox_event
from recado_domain.inbox.writing import write
from recado_domain.unit_of_work import UnitOfWork

log = logger(__name__)

LONGEST_REASON = 300


class Unreadable(msgspec.Struct, frozen=True):
    """What a decoder answers for bytes that it cannot read."""

    reason: str


Readable = tuple[InboxRow, EngineEvent]
Decoded = tuple[InboxRow, EngineEvent | Unreadable]


class Applied(msgspec.Struct, frozen=True):
    done: int
    quarantined: dict[int, str]
    """Reason by row."""


async def read_batch(work: UnitOfWork, connection_id: UUID, limit: int = 200) -> Sequence[InboxRow]:
    """The oldest rows that are not applied yet. Holds the connection's lock until the unit of work ends."""
    await work.lock(f"recado:inbox:{connection_id}")
    query = (
        select(*(inbox_event.c[column.name] for column in msgspec.structs.fields(InboxRow)))
        .where(
            inbox_event.c.company_id == work.company_id,
            inbox_event.c.connection_id == connection_id,
            inbox_event.c.state == "new",
        )
        .order_by(inbox_event.c.id)
        .limit(limit)
    )
    return [InboxRow(**row) for row in (await work.execute(query)).mappings()]


async def apply_batch(
    work: UnitOfWork, connection_id: UUID, decoded: Sequence[Decoded], *, careful: bool = True
) -> Applied:
    """Applies the rows of `read_batch` in their order and marks each as done or quarantined. Not `careful` is faster
    and raises BatchRefusedError when a row cannot be applied: roll back, and do the batch again carefully.
    """
    unreadable = {row.id: event.reason for row, event in decoded if isinstance(event, Unreadable)}
    readable = [(row, event) for row, event in decoded if not isinstance(event, Unreadable)]
    refused: dict[int, str] = {}
    if careful:
        refused = await _apply_carefully(work, connection_id, readable)
    elif (reason := await _try(work, connection_id, readable)) is not None:
        raise BatchRefusedError(reason)
    quarantined = unreadable | refused
    if quarantined:
        await _set_aside(work, quarantined)
    return Applied(len(decoded) - len(quarantined), quarantined)


async def _apply_carefully(work: UnitOfWork, connection_id: UUID, readable: Sequence[Readable]) -> dict[int, str]:
    """The refused rows with their reasons."""
    savepoint = await work.savepoint()
    reason = await _try(work, connection_id, readable)
    if reason is None:
        await savepoint.commit()
        return {}
    await savepoint.rollback()
    if len(readable) == 1:
        return {readable[0][0].id: reason}
    middle = len(readable) // 2
    first = await _apply_carefully(work, connection_id, readable[:middle])
    return first | await _apply_carefully(work, connection_id, readable[middle:])


async def _try(work: UnitOfWork, connection_id: UUID, readable: Sequence[Readable]) -> str | None:
    """None, or why these rows cannot be applied; then what they changed must be rolled back."""
    events = [event for _, event in readable]
    try:
        batch = await load(work, connection_id, events)
        for event in events:
            apply(batch, event)
        await write(work, connection_id, batch, [row.id for row, _ in readable])
    except NotApplicableError as error:
        return error.detail
    except (SQLAlchemyError, OSError) as error:
        if not _is_about_the_data(error):
            raise
        return f"{type(error).__name__}: {getattr(error, 'orig', error)}"  # without the row's values
    except Exception as error:
        log.exception("a row of the inbox broke its projection")
        return f"{type(error).__name__}: {error}"
    return None


def _is_about_the_data(error: Exception) -> bool:
    """SQLSTATE classes 22 (data) and 23 (constraint); everything else may go better next time."""
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return isinstance(state, str) and state[:2] in {"22", "23"}


async def _set_aside(work: UnitOfWork, reasons: dict[int, str]) -> None:
    statement = (
        update(inbox_event)
        .where(inbox_event.c.company_id == work.company_id, inbox_event.c.id == bindparam("which"))
        .values(state="quarantined", reason=bindparam("why"))
    )
    await work.execute(
        statement, [{"which": row, "why": why.replace("\0", "")[:LONGEST_REASON]} for row, why in reasons.items()]
    )
