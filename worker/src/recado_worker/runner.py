"""SAQ's worker with our rules: hooks for metrics and Sentry, a stop that ends at once when idle.

SAQ's own signal handling is left out: the process decides when to stop, for more than SAQ runs in it.
"""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import sentry_sdk
from saq.job import Job, Status
from saq.types import Context, Function
from saq.worker import Worker

from recado_worker import metrics
from recado_worker.dispatcher import Dispatcher, Door
from recado_worker.jobs import Ledger
from recado_worker.queue import PatientQueue
from recado_worker.redis_clients import BLOCKING_SECONDS

GRACE_SECONDS = 25
"""Below the 30 s that Kubernetes gives; a running batch ends in less than one."""

UPKEEP_SECONDS = 1
"""SAQ ends only when its upkeep wakes up, so this bounds how long an idle worker takes to stop."""

PROJECT_INBOX = "project_inbox"
RUN_JOB = "run_job"
DONE, FAILED = "done", "failed"
for _function in (PROJECT_INBOX, RUN_JOB):  # from 0: whoever asks for an increase does not see a first value
    for _outcome in (DONE, FAILED):
        metrics.JOBS.labels(_function, _outcome)


class JobContext(Context, total=False):
    """What a job and the hooks around it share."""

    door: Door
    failure: Exception
    """What the ledger has taken note of: no reason for SAQ to try again."""


def _job_of(context: JobContext) -> Job:
    job = context.get("job")
    if job is None:
        raise AssertionError("SAQ calls its hooks with a job")
    return job


class QuietWorker(Worker[JobContext]):
    SIGNALS = []  # noqa: RUF012 - SAQ's own name for it


class InboxJobs:
    """Projections, one for each connection."""

    def __init__(self, queue: PatientQueue) -> None:
        self._queue = queue

    async def enqueue(self, door: Door) -> bool:
        company_id, connection_id = door
        return await self._queue.enqueue_once(
            PROJECT_INBOX, _key(door), company=company_id, connection=str(connection_id)
        )

    async def release(self, door: Door) -> None:
        await self._queue.release(_key(door))


class BackgroundJobs:
    """What the ledger has due."""

    def __init__(self, queue: PatientQueue) -> None:
        self._queue = queue

    async def enqueue(self, company_id: int, job_id: UUID) -> bool:
        return await self._queue.enqueue_once(RUN_JOB, f"{RUN_JOB}:{job_id}", company=company_id, job_id=str(job_id))


def _key(door: Door) -> str:
    return f"{PROJECT_INBOX}:{door[1]}"


def create_inbox_runner(queue: PatientQueue, dispatcher: Dispatcher, concurrency: int) -> QuietWorker:
    async def project_inbox(context: JobContext, *, company: int, connection: str) -> None:
        door = (company, UUID(connection))
        if dispatcher.begin(door):
            context["door"] = door
            await dispatcher.project(door)

    async def after(context: JobContext) -> None:
        await _tell(context)
        if (door := context.get("door")) is not None:
            await dispatcher.end(door)

    return _create(queue, (PROJECT_INBOX, project_inbox), after, concurrency)


def create_background_runner(queue: PatientQueue, ledger: Ledger, concurrency: int) -> QuietWorker:
    async def run_job(context: JobContext, *, company: int, job_id: str) -> None:
        if failure := await ledger.run(company, UUID(job_id)):
            context["failure"] = failure

    return _create(queue, (RUN_JOB, run_job), _tell, concurrency)


async def _announce(context: JobContext) -> None:
    job = _job_of(context)
    scope = sentry_sdk.get_isolation_scope()
    scope.set_tag("job", job.function)
    scope.set_context("job", {"key": job.key, "attempt": job.attempts})


async def _tell(context: JobContext) -> None:
    job = _job_of(context)
    error = context.get("exception") or context.get("failure")
    if error is not None:
        sentry_sdk.capture_exception(error)
    done = error is None and job.status is Status.COMPLETE
    metrics.JOBS.labels(job.function, DONE if done else FAILED).inc()


def _create(
    queue: PatientQueue,
    function: tuple[str, Function[JobContext]],
    after: Callable[[JobContext], Coroutine[Any, Any, None]],
    concurrency: int,
) -> QuietWorker:
    return QuietWorker(
        queue,
        [function],
        concurrency=concurrency,
        before_process=_announce,
        after_process=after,
        dequeue_timeout=BLOCKING_SECONDS,
        shutdown_grace_period_s=GRACE_SECONDS,
        timers={"schedule": UPKEEP_SECONDS, "worker_info": UPKEEP_SECONDS, "sweep": UPKEEP_SECONDS, "abort": 1},
    )
