"""The ledger of background work: what must be done stands here, whatever runs it. A job is added in the transaction
that makes it necessary, and finished in the transaction that holds its effect, so an effect in PostgreSQL happens once.
"""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core.ids import new_id
from recado_domain.jobs.rules import LEASE, pause_after
from recado_domain.jobs.tables import job
from recado_domain.unit_of_work import UnitOfWork

LONGEST_ERROR = 300


class Attempt(msgspec.Struct, frozen=True):
    """One try of one job; `number` tells it from those before and after it."""

    id: UUID
    kind: str
    key: str
    payload: dict[str, Any]
    number: int


async def add(work: UnitOfWork, kind: str, key: str, payload: dict[str, Any]) -> bool:
    """False when a job of this kind and key already waits: it will do."""
    added = await work.execute(
        upsert(job)
        .values(company_id=work.company_id, id=new_id(), kind=kind, key=key, payload=payload, available_at=work.now)
        .on_conflict_do_nothing()
        .returning(job.c.id)
    )
    return added.one_or_none() is not None


async def begin(work: UnitOfWork, job_id: UUID) -> Attempt | None:
    """None when there is nothing to do: it is done, not due, or somebody is at it."""
    waits = and_(job.c.state == "queued", job.c.available_at <= work.now)
    lost = and_(job.c.state == "running", job.c.locked_until < work.now)
    begun = await work.execute(
        update(job)
        .where(job.c.company_id == work.company_id, job.c.id == job_id, or_(waits, lost))
        .values(state="running", attempts=job.c.attempts + 1, locked_until=work.now + LEASE)
        .returning(job.c.id, job.c.kind, job.c.key, job.c.payload, job.c.attempts.label("number"))
    )
    row = begun.mappings().one_or_none()
    return None if row is None else Attempt(**row)


async def finish(work: UnitOfWork, attempt: Attempt) -> bool:
    """In the transaction of the effect. False when another attempt took over: then roll the effect back."""
    finished = await work.execute(
        update(job).where(*_mine(work, attempt)).values(state="done", locked_until=None, error=None).returning(job.c.id)
    )
    return finished.one_or_none() is not None


async def fail(work: UnitOfWork, attempt: Attempt, error: str) -> None:
    """Tried again after a pause, until it is dead. One that was added again meanwhile makes this one superfluous."""
    pause = pause_after(attempt.number)
    state = "dead" if pause is None or await _is_added_again(work, attempt) else "queued"
    await work.execute(
        update(job)
        .where(*_mine(work, attempt))
        .values(
            state=state,
            locked_until=None,
            available_at=work.now + pause if pause else work.now,
            error=error.replace("\0", "")[:LONGEST_ERROR],
        )
    )


def _mine(work: UnitOfWork, attempt: Attempt) -> list[ColumnElement[bool]]:
    return [
        job.c.company_id == work.company_id,
        job.c.id == attempt.id,
        job.c.state == "running",
        job.c.attempts == attempt.number,
    ]


async def _is_added_again(work: UnitOfWork, attempt: Attempt) -> bool:
    query = select(
        exists().where(
            job.c.company_id == work.company_id,
            job.c.kind == attempt.kind,
            job.c.key == attempt.key,
            job.c.state == "queued",
        )
    )
    return bool((await work.execute(query)).scalar_one())
