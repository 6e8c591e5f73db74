"""Redis and PostgreSQL go away and come back; the worker stays, costs little meanwhile, and is at work at once."""

import asyncio
import shutil
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from redis.asyncio import Redis
from tests.integration.database import Database, make_database, make_template, run_blocking, seed_company
from tests.integration.domain.session import OperatorHand
from tests.integration.worker.inbox import Inbox, conversations, customer, written
from tests.integration.worker.processes import WorkerProcess, until

from recado_core import bells
from recado_domain.provision import connect
from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

AWAY_SECONDS = 2.0
MOST_CPU = 0.25
"""Of a core, while Redis is away."""


@pytest.fixture
def own_redis(servers_directory: Path) -> Iterator[EmbeddedRedis]:
    """One that this test may stop."""
    directory = servers_directory / "own-redis"
    directory.mkdir()
    server = EmbeddedRedis(directory)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.socket.parent, ignore_errors=True)
    shutil.rmtree(directory)


@pytest.fixture
def worker(database: Database, own_redis: EmbeddedRedis, tmp_path: Path) -> Iterator[WorkerProcess]:
    with WorkerProcess(database, own_redis.uri, tmp_path / "worker.log") as process:
        yield process


async def empty(inbox: Inbox) -> bool:
    return await inbox.count("new") == 0


async def test_redis_away(inbox: Inbox, own_redis: EmbeddedRedis, worker: WorkerProcess) -> None:
    """Customers' messages still reach the database; the worker does not spin; bells are heard again afterwards."""
    await inbox.store(written(customer(1), "before"))
    await until("the worker started", lambda: empty(inbox))
    own_redis.stop()
    events, expected = conversations(300)
    await inbox.store(*events)
    await until("all is applied without Redis", lambda: empty(inbox), seconds=5)
    spent = worker.cpu_seconds()
    await asyncio.sleep(AWAY_SECONDS)
    assert worker.cpu_seconds() - spent < AWAY_SECONDS * MOST_CPU
    own_redis.start()
    async with Redis.from_url(own_redis.uri) as redis:
        await until("the bell is heard again", lambda: hears(redis), seconds=5)
    assert await inbox.texts() == expected | {customer(1): ["before", *expected[customer(1)]]}
    own_redis.stop()
    assert await worker.stop() < 5
    assert worker.process.returncode == 0


async def hears(redis: Redis) -> bool:
    [(_, listeners)] = await redis.pubsub_numsub(bells.INBOX)
    return bool(listeners)


@pytest.fixture
def own_postgres(servers_directory: Path) -> Iterator[EmbeddedPostgres]:
    """One that this test may kill."""
    directory = servers_directory / "own-postgres"
    directory.mkdir()
    server = EmbeddedPostgres(directory)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.socket_directory, ignore_errors=True)
    shutil.rmtree(directory)


@pytest.fixture
async def own_inbox(own_postgres: EmbeddedPostgres) -> AsyncIterator[tuple[Database, Inbox]]:
    run_blocking(make_template(own_postgres))
    database = run_blocking(make_database(own_postgres))
    company = run_blocking(seed_company(database.owner))
    async with AsyncExitStack() as stack:
        operator, behind = await connect(database.operator), await connect(database.admin)
        hand = OperatorHand(database, operator, stack)
        yield database, Inbox(company, await hand.take_over(await hand.declare(company)), behind)


async def test_postgresql_crashes(
    own_postgres: EmbeddedPostgres, own_inbox: tuple[Database, Inbox], redis_server: EmbeddedRedis, tmp_path: Path
) -> None:
    """Ended at once while batches are being applied; after recovery the same worker process finishes the rest."""
    database, inbox = own_inbox
    events, expected = conversations(2000)
    await inbox.store(*events)
    with WorkerProcess(database, redis_server.uri, tmp_path / "worker.log") as worker:
        await until("it is at work", lambda: some_done(inbox))
        crash(own_postgres)
        behind = await connect(database.admin)
        again = Inbox(inbox.company, inbox.session, behind)
        began = time.monotonic()
        await until("the rest is applied", lambda: empty(again), seconds=15)
        assert time.monotonic() - began < 10
        assert await again.texts() == expected
        assert worker.process.poll() is None, "it had to be started again"
        await behind.close()


def crash(server: EmbeddedPostgres) -> None:
    """What `pg_ctl -m immediate` does: no checkpoint, so the start is a recovery."""
    assert server.process is not None
    server.process.send_signal(signal.SIGQUIT)
    server.process.wait()
    server.start()


async def some_done(inbox: Inbox) -> bool:
    return await inbox.count("done") > 0
