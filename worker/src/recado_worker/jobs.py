"""Runs the ledger of background work (`recado_domain.jobs`): PostgreSQL says what is due, SAQ carries it to a worker.

Every second what is due is enqueued, under its own key, whether SAQ lost it, a worker died with it, or it is new. A
kind that this release does not know stays where it is, for the release that does.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from recado_core.log import logger
from recado_domain.jobs.actions import Attempt, begin, fail, finish
from recado_domain.jobs.queries import due_jobs, oldest_due_seconds
from recado_domain.unit_of_work import Database, UnitOfWork
from recado_worker import metrics

log = logger(__name__)

Handler = Callable[[UnitOfWork, dict[str, Any]], Awaitable[None]]
"""Does the work of one job in the given unit, which also finishes it. What reaches beyond PostgreSQL must be safe to do
twice."""

HANDLERS: Mapping[str, Handler] = {}
"""By kind of job. Campaigns, imports and webhooks will stand here; until then nothing is asked of the database."""

EnqueueJob = Callable[[int, UUID], Awaitable[bool]]


class OvertakenError(Exception):
    """This attempt took longer than its lease and another one is at it."""


class Ledger:
    def __init__(self, database: Database, handlers: Mapping[str, Handler]) -> None:
        self._database = database
        self._handlers = handlers

    async def enqueue_due(self, enqueue: EnqueueJob) -> dict[str, int]:
        """How many jobs went to SAQ that were not there."""
        if not self._handlers:
            return {"jobs": 0}
        async with self._database.system() as work:
            due = await due_jobs(work, self._handlers.keys())
        return {"jobs": sum([await enqueue(company_id, job_id) for company_id, job_id in due])}

    async def measure(self) -> dict[str, int]:
        """Tells how long the oldest job waits. Every worker does, so that none at all can be scaled up from nothing."""
        if self._handlers:
            async with self._database.system() as work:
                metrics.OLDEST_JOB.set(await oldest_due_seconds(work, self._handlers.keys()))
        return {}

    async def run(self, company_id: int, job_id: UUID) -> Exception | None:
        """Answers what it failed with; the ledger knows that by then, and when it is tried again."""
        async with self._database.company(company_id) as work:
            attempt = await begin(work, job_id)
        if attempt is None:
            return None
        try:
            await self._do(company_id, attempt)
        except OvertakenError:
            log.warning("a job took longer than its lease", kind=attempt.kind, job=str(attempt.id))
        except Exception as error:
            log.exception("a job failed", kind=attempt.kind, job=str(attempt.id), attempt=attempt.number)
            async with self._database.company(company_id) as work:
                await fail(work, attempt, f"{type(error).__name__}: {error}")
            return error
        return None

    async def _do(self, company_id: int, attempt: Attempt) -> None:
        async with self._database.company(company_id) as work:
            await self._handlers[attempt.kind](work, attempt.payload)
            if not await finish(work, attempt):
                raise OvertakenError
