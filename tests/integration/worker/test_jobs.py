"""The ledger of background work: an effect happens once, whoever dies in between."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sentry_sdk
from prometheus_client import REGISTRY
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.integration.database import Company
from tests.integration.worker.clock import Ahead
from tests.integration.worker.inbox import Inbox

from recado_core.settings import RedisSettings
from recado_domain.jobs.actions import add, begin
from recado_domain.jobs.rules import LEASE, LONGEST_PAUSE, MOST_ATTEMPTS
from recado_domain.unit_of_work import Database, UnitOfWork
from recado_local.embedded.redis import EmbeddedRedis
from recado_worker.jobs import Ledger
from recado_worker.queue import PatientQueue
from recado_worker.runner import BackgroundJobs, create_background_runner


class Bakery:
    """A kind of job whose effect can be counted, and which fails when told to."""

    def __init__(self) -> None:
        self.oven_is_cold = False
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def bake(self, work: UnitOfWork, payload: dict[str, Any]) -> None:
        name = payload["name"]
        await work.execute(
            text("insert into stream (company_id, name) values (:c, :n)"), {"c": work.company_id, "n": name}
        )
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.oven_is_cold:
            raise RuntimeError("The oven is cold")


@pytest.fixture
def clock() -> Ahead:
    return Ahead()


@pytest.fixture
def domain(engine: AsyncEngine, clock: Ahead) -> Database:
    return Database(engine, clock=clock)


@pytest.fixture
def bakery() -> Bakery:
    return Bakery()


@pytest.fixture
def ledger(domain: Database, bakery: Bakery) -> Ledger:
    return Ledger(domain, {"bake": bakery.bake})


async def order(domain: Database, company: Company, kind: str = "bake", key: str = "bread") -> bool:
    async with domain.company(company.id) as work:
        return await add(work, kind, key, {"name": f"loaf {key}"})


async def work_off(ledger: Ledger) -> int:
    """What a look and the jobs that it enqueues do."""
    found: list[tuple[int, UUID]] = []

    async def enqueue(company_id: int, job_id: UUID) -> bool:
        found.append((company_id, job_id))
        return True

    await ledger.enqueue_due(enqueue)
    for company_id, job_id in found:
        await ledger.run(company_id, job_id)
    return len(found)


async def loaves(inbox: Inbox) -> int:
    return int((await inbox.rows("select count(*) from stream where name like 'loaf %'"))[0][0])


async def test_a_job_is_done_once(inbox: Inbox, domain: Database, ledger: Ledger) -> None:
    assert await order(domain, inbox.company)
    assert not await order(domain, inbox.company), "one that waits will do"
    assert await work_off(ledger) == 1
    assert await work_off(ledger) == 0
    assert await loaves(inbox) == 1
    assert await inbox.rows("select state, attempts, error from job") == [("done", 1, None)]
    assert await order(domain, inbox.company), "the next one is another"


async def test_the_age_of_the_oldest_job_is_told(inbox: Inbox, domain: Database, ledger: Ledger, clock: Ahead) -> None:
    await order(domain, inbox.company)
    clock.by = timedelta(seconds=90)
    await order(domain, inbox.company, key="cake")
    await ledger.measure()
    assert REGISTRY.get_sample_value("recado_jobs_oldest_seconds") == pytest.approx(90, abs=5)
    await work_off(ledger)
    await ledger.measure()
    assert REGISTRY.get_sample_value("recado_jobs_oldest_seconds") == 0


async def test_a_failure_leaves_nothing_and_comes_again(
    inbox: Inbox, domain: Database, ledger: Ledger, bakery: Bakery, clock: Ahead
) -> None:
    await order(domain, inbox.company)
    bakery.oven_is_cold = True
    await work_off(ledger)
    assert await loaves(inbox) == 0
    assert await work_off(ledger) == 0, "after a pause only"
    bakery.oven_is_cold = False
    clock.by = timedelta(seconds=3)
    assert await work_off(ledger) == 1
    assert await loaves(inbox) == 1


async def test_what_always_fails_dies_with_its_reason(
    inbox: Inbox, domain: Database, ledger: Ledger, bakery: Bakery, clock: Ahead
) -> None:
    await order(domain, inbox.company)
    bakery.oven_is_cold = True
    for _ in range(MOST_ATTEMPTS + 2):
        await work_off(ledger)
        clock.by += LONGEST_PAUSE
    assert await inbox.rows("select state, attempts, error from job") == [
        ("dead", MOST_ATTEMPTS, "RuntimeError: The oven is cold")
    ]


async def test_a_dead_workers_job_is_begun_again(inbox: Inbox, domain: Database, ledger: Ledger, clock: Ahead) -> None:
    await order(domain, inbox.company)
    [(job_id,)] = await inbox.rows("select id from job")
    async with domain.company(inbox.company.id) as work:
        assert await begin(work, job_id) is not None
    assert await work_off(ledger) == 0, "somebody is at it"
    clock.by = LEASE + timedelta(seconds=1)
    assert await work_off(ledger) == 1
    assert await loaves(inbox) == 1


async def test_who_is_overtaken_leaves_no_effect(
    inbox: Inbox, domain: Database, ledger: Ledger, bakery: Bakery, clock: Ahead
) -> None:
    """Longer than its lease: another attempt began, so what this one did is rolled back."""
    await order(domain, inbox.company)
    [(job_id,)] = await inbox.rows("select id from job")

    async def overtake() -> None:
        clock.by = LEASE + timedelta(seconds=1)
        async with domain.company(inbox.company.id) as work:
            await begin(work, job_id)

    bakery.meanwhile = overtake
    await work_off(ledger)
    assert await loaves(inbox) == 0
    assert await inbox.rows("select state, attempts from job") == [("running", 2)]


async def test_a_kind_of_a_newer_release_is_left_to_it(inbox: Inbox, domain: Database, ledger: Ledger) -> None:
    await order(domain, inbox.company, kind="teleport")
    assert await work_off(ledger) == 0
    assert await inbox.rows("select state from job") == [("queued",)]


async def test_a_failed_job_that_was_ordered_again_gives_way(
    inbox: Inbox, domain: Database, ledger: Ledger, bakery: Bakery
) -> None:
    await order(domain, inbox.company)

    async def again() -> None:
        await order(domain, inbox.company)

    bakery.meanwhile, bakery.oven_is_cold = again, True
    await work_off(ledger)
    assert sorted(await inbox.rows("select state from job")) == [("dead",), ("queued",)]


class Stacks(Transport):
    """Where Sentry's client leaves what it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.types: list[str] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        self.types += [one["type"] for one in (event or {}).get("exception", {}).get("values", [])]


async def test_a_job_that_fails_is_counted_as_failed_and_its_stack_is_told(
    inbox: Inbox, domain: Database, ledger: Ledger, bakery: Bakery, redis_server: EmbeddedRedis
) -> None:
    queue, stacks = PatientQueue(RedisSettings(uri=redis_server.uri), "background", 1), Stacks()
    await queue.redis.flushall()
    await order(domain, inbox.company)
    bakery.oven_is_cold = True
    await ledger.enqueue_due(BackgroundJobs(queue).enqueue)
    before = [jobs("failed"), jobs("done")]
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(sentry_sdk.Client(dsn="https://key@127.0.0.1/1", transport=stacks, default_integrations=False))
        await create_background_runner(queue, ledger, 1).process()
    assert [jobs("failed") - before[0], jobs("done") - before[1]] == [1, 0]
    assert stacks.types == ["RuntimeError"]
    await queue.disconnect()


def jobs(outcome: str) -> float:
    return REGISTRY.get_sample_value("recado_jobs_total", {"function": "run_job", "outcome": outcome}) or 0.0
