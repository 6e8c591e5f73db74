from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select

from recado_domain.jobs.tables import job
from recado_domain.unit_of_work import SystemUnitOfWork


async def due_jobs(work: SystemUnitOfWork, kinds: Collection[str], limit: int = 200) -> Sequence[tuple[int, UUID]]:
    """(company, job) of what may begin now, and of what somebody began and did not finish in time."""
    waits = (job.c.state == "queued") & (job.c.available_at <= work.now)
    lost = (job.c.state == "running") & (job.c.locked_until < work.now)
    query = (
        select(job.c.company_id, job.c.id)
        .where(job.c.kind.in_(kinds), or_(waits, lost))
        .order_by(job.c.available_at, job.c.id)
        .limit(limit)
    )
    return [(row.company_id, row.id) for row in await work.execute(query)]
