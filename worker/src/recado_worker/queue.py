"""The one door to SAQ. PostgreSQL decides what is to be done; a SAQ job only says "look there now", so each job is
small (ids), repeatable and known by its key, and everything in Redis may vanish at any moment.

What SAQ does by default and must not do here: lose a job with its worker (retries=1), run a failed scheduled job twice
at once (retry_delay=0), keep results, never time out, burn a core while Redis is away (back-end research §3.6).
"""

import asyncio
import logging
import time
from contextlib import suppress

from redis.exceptions import RedisError
from saq.job import Job, Status
from saq.queue.redis import RedisQueue

from recado_core.log import logger
from recado_core.settings import RedisSettings
from recado_worker.backoff import Backoff
from recado_worker.redis_clients import BLOCKING_SECONDS, queue_client

log = logger(__name__)

NAME = "recado"
"""And the class: `recado-inbox`."""
TIMEOUT_SECONDS = 30
RETRIES = 3
RETRY_DELAY_SECONDS = 1.0
LONGEST_RETRY_DELAY_SECONDS = 8.0
TTL_SECONDS = 60


class PatientQueue(RedisQueue):
    """SAQ asks for the next job again at once when Redis fails, with each of its tasks; this one takes a breath."""

    def __init__(self, settings: RedisSettings, queue_class: str, concurrency: int) -> None:
        name = f"{NAME}-{queue_class}"
        super().__init__(queue_client(settings, concurrency), name=name, max_concurrent_ops=concurrency + 4)
        self._backoff = Backoff()
        self._suspects: dict[bytes, int] = {}

    async def disconnect(self) -> None:
        with suppress(RedisError, OSError):  # SAQ says goodbye to a Redis that may be gone
            await super().disconnect()
        await self.redis.aclose()
        await self.redis.connection_pool.disconnect()

    async def dequeue(self, timeout: float = BLOCKING_SECONDS, poll_interval: float = 0.0) -> Job | None:  # noqa: ASYNC109
        try:
            job = await super().dequeue(timeout, poll_interval)
        except (RedisError, OSError) as error:
            pause = self._backoff.failed()
            log.warning("no jobs from Redis", error=type(error).__name__, pause_seconds=round(pause, 2))
            await asyncio.sleep(pause)
            return None
        if self._backoff.succeeded():
            log.info("jobs from Redis again")
        return job

    async def sweep(self, lock: int = 60, abort: float = 5.0) -> list[str]:  # noqa: ARG002 - SAQ's names
        """Frees the keys of jobs whose worker died; whoever decides about the work enqueues them again.

        SAQ's own sweep takes a job that was popped this very moment for dead (its issue 277), runs it twice and refuses
        its key for five seconds. Here a job must look dead in two sweeps.
        """
        before, self._suspects = self._suspects, {}
        active: list[bytes] = await self.redis.lrange(self._active, 0, -1)  # type: ignore[misc]  # redis-py says "or not"
        for job_id in active:
            job = await self._get_job_by_id(job_id)
            if job is None or job.status is not Status.ACTIVE or job.stuck:
                self._suspects[job_id] = job.queued if job else 0
        dead = [suspect.decode() for suspect, queued in self._suspects.items() if before.get(suspect) == queued]
        for name in dead:
            await self._free(name)
        return dead

    async def release(self, key: str) -> None:
        """Forgets the job with this key, wherever it is. Raises RedisError or OSError."""
        await self._free(self.job_id(key))

    async def _free(self, job_id: str) -> None:
        async with self.redis.pipeline(transaction=True) as pipeline:
            pipeline.lrem(self._active, 0, job_id)
            pipeline.lrem(self._queued, 0, job_id)
            pipeline.zrem(self._incomplete, job_id)
            pipeline.delete(job_id)
            await pipeline.execute()

    async def enqueue_once(self, function: str, key: str, **ids: str | int) -> bool:
        """False when a job with this key already waits or runs. Raises RedisError or OSError."""
        job = Job(
            function=function,
            key=key,
            kwargs=ids,
            timeout=TIMEOUT_SECONDS,
            retries=RETRIES,
            retry_delay=RETRY_DELAY_SECONDS,
            retry_backoff=LONGEST_RETRY_DELAY_SECONDS,
            ttl=TTL_SECONDS,
        )
        return await self.enqueue(job) is not None


class Seldom(logging.Filter):
    """SAQ's upkeep logs a stack each second while Redis is away: one in ten seconds tells as much."""

    def __init__(self, seconds: float = 10.0) -> None:
        super().__init__()
        self._seconds = seconds
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        if now - self._last.get(str(record.msg), -self._seconds) < self._seconds:
            return False
        self._last[str(record.msg)] = now
        return True
