"""Our rules for SAQ on a real Redis."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from saq.job import Status
from saq.utils import now

from recado_core.settings import RedisSettings
from recado_local.embedded.redis import EmbeddedRedis
from recado_worker.queue import RETRIES, TIMEOUT_SECONDS, PatientQueue


@pytest.fixture
async def queue(redis_server: EmbeddedRedis) -> AsyncIterator[PatientQueue]:
    made = PatientQueue(RedisSettings(uri=redis_server.uri), "inbox", 2)
    await made.redis.flushall()
    yield made
    await made.disconnect()


async def test_a_key_waits_once_and_is_free_after_its_end(queue: PatientQueue) -> None:
    assert await queue.enqueue_once("bake", "bread", number=1)
    assert not await queue.enqueue_once("bake", "bread", number=2)
    job = await queue.dequeue()
    assert job is not None
    assert (job.kwargs, job.retries, job.timeout) == ({"number": 1}, RETRIES, TIMEOUT_SECONDS)
    assert job.next_retry_delay() > 0, "SAQ runs a job twice at once without a delay"
    assert not await queue.enqueue_once("bake", "bread", number=3)
    await job.finish(Status.COMPLETE)
    assert await queue.enqueue_once("bake", "bread", number=4)


async def test_what_was_popped_this_moment_is_not_swept(queue: PatientQueue) -> None:
    await queue.enqueue_once("bake", "bread")
    job = await queue.dequeue()
    assert job is not None
    assert await queue.sweep() == []
    await job.update(status=Status.ACTIVE, started=now())
    assert await queue.sweep() == []
    assert await queue.sweep() == []


async def test_the_key_of_a_dead_workers_job_is_freed(queue: PatientQueue) -> None:
    await queue.enqueue_once("bake", "bread")
    await queue.dequeue()
    assert await queue.sweep() == []
    assert await queue.sweep() == [queue.job_id("bread")]
    assert await queue.enqueue_once("bake", "bread")
    assert await queue.dequeue() is not None


async def test_a_released_key_is_free_wherever_its_job_was(queue: PatientQueue) -> None:
    await queue.enqueue_once("bake", "bread")
    await queue.release("bread")
    assert await queue.dequeue(timeout=0.1) is None
    await queue.enqueue_once("bake", "bread")
    await queue.dequeue()
    await queue.release("bread")
    assert await queue.enqueue_once("bake", "bread")


async def test_without_redis_asking_takes_a_breath(tmp_path: Path) -> None:
    queue = PatientQueue(RedisSettings(uri=f"unix://{tmp_path}/nobody.sock"), "inbox", 2)
    began = time.monotonic()
    assert [await queue.dequeue() for _ in range(3)] == [None, None, None]
    assert time.monotonic() - began > 0.075 + 0.15 + 0.3
    await queue.disconnect()
