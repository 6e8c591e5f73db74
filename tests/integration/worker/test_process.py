"""The worker as a process: fast when all is well, and without loss when it or Redis is not."""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from tests.integration.database import Database
from tests.integration.worker.inbox import CHATS, Inbox, conversations, customer, written
from tests.integration.worker.processes import WorkerProcess, until

from recado_core import bells
from recado_core.session_states import ExitCode
from recado_local.embedded.redis import EmbeddedRedis

MEDIAN_MILLISECONDS = 200
"""Twenty times what an idle machine shows: far from the second that a lost bell would cost."""

LEFT_BEHIND_SECONDS = 4.0
"""600 messages at 150 a second, on a machine that is busy with other tests."""


@pytest.fixture
async def redis(redis_server: EmbeddedRedis) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_server.uri) as client:
        await client.flushall()
        yield client


@pytest.fixture
def worker(database: Database, redis_server: EmbeddedRedis, redis: Redis, tmp_path: Path) -> Iterator[WorkerProcess]:
    with WorkerProcess(database, redis_server.uri, tmp_path / "worker.log") as process:
        yield process


@pytest.fixture
def second_worker(worker: WorkerProcess) -> Iterator[WorkerProcess]:
    with worker.twin() as process:
        yield process


async def empty(inbox: Inbox) -> bool:
    return await inbox.count("new") == 0


async def listening(redis: Redis, workers: int) -> bool:
    [(_, listeners)] = await redis.pubsub_numsub(bells.INBOX)
    return int(listeners) == workers


async def started(inbox: Inbox) -> None:
    """The worker has applied something: from now on it is only a matter of its own speed."""
    await inbox.store(*(written(customer(chat), "first") for chat in range(CHATS)))
    await until("the worker started", lambda: empty(inbox))


async def test_from_the_bell_to_the_committed_row(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    """Stored, rung, heard, through SAQ, projected and committed, by PostgreSQL's own clock."""
    await started(inbox)
    for number in range(60):
        await inbox.store(written(customer(number % CHATS), f"timed {number}"))
        await inbox.ring(redis)
        await until("one row is applied", lambda: empty(inbox))
    [(median, worst)] = await inbox.rows(
        "with timed as (select extract(epoch from pg_xact_commit_timestamp(m.xmin) - i.stored_at) * 1000 as ms "
        "from message m join inbox_event i on position(m.wa_id::bytea in i.raw) > 0 where m.body like 'timed %') "
        "select percentile_cont(0.5) within group (order by ms), percentile_cont(0.95) within group (order by ms) "
        "from timed"
    )
    tell(bell_to_row_p50_ms=round(median, 1), bell_to_row_p95_ms=round(worst, 1))
    assert median < MEDIAN_MILLISECONDS


async def test_it_keeps_up_with_one_busy_number(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    """Every message stored by itself, with its own bell, as fast as a session can."""
    await started(inbox)
    events, expected = conversations(600)
    began = time.monotonic()
    for event in events:
        await inbox.store(event)
        await inbox.ring(redis)
    fed = time.monotonic() - began
    await until("what was left behind is applied", lambda: empty(inbox), seconds=LEFT_BEHIND_SECONDS)
    tell(stored_per_second=round(len(events) / fed), applied_per_second=round(len(events) / (time.monotonic() - began)))
    assert without_first(await inbox.texts()) == expected


async def test_without_a_bell_it_looks(inbox: Inbox, worker: WorkerProcess) -> None:
    await started(inbox)
    await inbox.store(written(customer(1), "silent"))
    await until("it looked by itself", lambda: empty(inbox), seconds=3)


async def test_a_bell_without_sense_is_only_told(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    """All sessions may ring this bell, and one of them may be somebody else's by now."""
    await started(inbox)
    for payload in (b"\xff", b"", b"1:", b"9" * 40 + b":" + str(inbox.connection_id).encode()):
        await redis.publish(bells.INBOX, payload)
    await inbox.store(written(customer(1), "afterwards"))
    await inbox.ring(redis)
    await until("the next one is heard", lambda: empty(inbox))
    assert worker.process.poll() is None, "it had to be started again"


async def test_killed_in_the_middle_of_batches(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    """SIGKILL three times while rows are being applied: the successors finish exactly what is left."""
    await started(inbox)
    events, expected = conversations(1500)
    dice = random.Random(3)  # noqa: S311 - a fixed choice of moments
    feeding = asyncio.create_task(feed(inbox, redis, events))
    for _ in range(3):
        await until("it is in the middle", partial(more_done, inbox, await inbox.count("done")))
        await asyncio.sleep(dice.uniform(0.0, 0.05))
        worker.kill_and_replace()
    await feeding
    await until("all is applied", lambda: empty(inbox), seconds=30)
    assert without_first(await inbox.texts()) == expected


async def test_two_workers_keep_the_order(inbox: Inbox, redis: Redis, second_worker: WorkerProcess) -> None:
    await started(inbox)
    await until("both hear the bell", lambda: listening(redis, 2))
    events, expected = conversations(2000)
    await feed(inbox, redis, events)
    await until("all is applied", lambda: empty(inbox), seconds=30)
    assert without_first(await inbox.texts()) == expected


async def test_everything_in_redis_may_vanish(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    await started(inbox)
    events, expected = conversations(1000)
    feeding = asyncio.create_task(feed(inbox, redis, events))
    while not feeding.done():
        await redis.flushall()
        await asyncio.sleep(0.05)
    await until("all is applied", lambda: empty(inbox))
    assert without_first(await inbox.texts()) == expected


async def test_frames_reach_the_sockets_without_a_gap(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    async with redis.pubsub() as pubsub:
        await pubsub.subscribe("recado")
        await started(inbox)
        events, _ = conversations(400)
        await feed(inbox, redis, events)
        await until("all is applied", lambda: empty(inbox))
        [(head,)] = await inbox.rows("select head from stream where name like 'queue:%'")
        reached = 0
        while reached < head:
            reached = await next_frame(pubsub, inbox, reached)


async def next_frame(pubsub: PubSub, inbox: Inbox, reached: int) -> int:
    """The number that the queue's stream has reached after the next thing that was published."""
    message = await pubsub.get_message(timeout=5)
    assert message is not None, f"no more frames after {reached}"
    if message["type"] != "message":
        return reached
    emitted = msgspec.json.decode(message["data"])
    stream = f"queue:{inbox.company.queue_id}"
    assert emitted["namespace"] == f"/workspace-{inbox.company.id}"
    if emitted["room"] != f"stream:{stream}":
        return reached
    [frame] = emitted["data"]
    assert (frame["stream"], frame["prev"]) == (stream, reached)
    assert frame["seq"] == reached + len(frame["events"])
    return int(frame["seq"])


async def test_a_stop_is_short_and_loses_nothing(inbox: Inbox, redis: Redis, worker: WorkerProcess) -> None:
    await started(inbox)
    events, expected = conversations(1000)
    feeding = asyncio.create_task(feed(inbox, redis, events))
    await until("it is at work", lambda: more_done(inbox, CHATS))
    assert await worker.stop() < 5
    assert worker.process.returncode == 0
    await feeding
    worker.start()
    await until("all is applied", lambda: empty(inbox))
    assert without_first(await inbox.texts()) == expected
    assert await worker.stop() < 5, "idle"


async def test_each_class_leaves_the_work_of_the_others_alone(
    inbox: Inbox, database: Database, redis_server: EmbeddedRedis, redis: Redis, tmp_path: Path
) -> None:
    """The one without the inbox gets more time than it would need, and hears no bell; then the other one comes."""
    events, _ = conversations(20)
    with WorkerProcess(database, redis_server.uri, tmp_path / "background.log", "background") as other:
        await until("it works", lambda: other.said("working"))
        await inbox.store(*events)
        waiting = await inbox.count("new")
        assert waiting >= len(events)
        await inbox.ring(redis)
        await asyncio.sleep(2.0)  # what must not happen has no event to wait for
        assert not await listening(redis, 1)
        assert await inbox.count("new") == waiting
        with WorkerProcess(database, redis_server.uri, tmp_path / "inbox.log", "inbox"):
            await until("all is applied", lambda: empty(inbox))


def test_without_a_database_it_does_not_start() -> None:
    command = [sys.executable, "-m", "recado_worker"]
    ended = subprocess.run(command, env={}, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603 - ours
    assert ended.returncode == ExitCode.CONFIGURATION
    assert "DB_HOST" in ended.stderr


async def feed(inbox: Inbox, redis: Redis, events: list[tuple[str, bytes]]) -> None:
    """As a session would: small batches, each with its bell."""
    for start in range(0, len(events), 20):
        await inbox.store(*events[start : start + 20])
        await inbox.ring(redis)


def tell(**figures: float) -> None:
    """For whoever runs this with `-s`."""
    print(msgspec.json.encode(figures).decode())  # noqa: T201


async def more_done(inbox: Inbox, before: int) -> bool:
    return await inbox.count("done") > before


def without_first(found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Less what `started` wrote."""
    rest = {chat: [text for text in texts if text != "first"] for chat, texts in found.items()}
    return {chat: texts for chat, texts in rest.items() if texts}
