from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from recado_domain.jobs.tables import job
from recado_domain.unit_of_work import SystemUnitOfWork


async def due_jobs(work: SystemUnitOfWork, kinds: Collection[str], limit: int = 200) -> Sequence[tuple[int, UUID]]:
    """(company, job) of what may begin now, and of what somebody began and did not finish in time."""
    query = (
        select(job.c.company_id, job.c.id).where(_due(work, kinds)).order_by(job.c.available_at, job.c.id).limit(limit)
    )
    return [(row.company_id, row.id) for row in await work.execute(query)]


async def oldest_due_seconds(work: SystemUnitOfWork, kinds: Collection[str]) -> float:
    """Since when the oldest of them could run; 0 when nothing is due."""
    first = (await work.execute(select(func.min(job.c.available_at)).where(_due(work, kinds)))).scalar()
    return max(0.0, (work.now - first).total_seconds()) if first else 0.0


def _due(work: SystemUnitOfWork, kinds: Collection[str]) -> ColumnElement[bool]:
    waits = (job.c.state == "queued") & (job.c.available_at <= work.now)
    lost = (job.c.state == "running") & (job.c.locked_until < work.now)
    return job.c.kind.in_(kinds) & or_(waits, lost)
