"""Redis may go at any time: nobody waits for it, nothing is lost, and browsers hear again soon after."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from tests.integration.api.resources import MemoryResources
from tests.integration.api.sockets import following, running
from tests.integration.api.world import PASSWORD, Person, World
from tests.integration.database import Company, Database

from recado_api.app import build
from recado_api.settings import ApiSettings
from recado_core.ids import new_id
from recado_core.settings import RedisSettings
from recado_domain.provision import connect
from recado_local.embedded.redis import EmbeddedRedis

HEAL_SECONDS = 10


class Stand(msgspec.Struct, frozen=True):
    world: World
    url: str
    company: Company
    agent: Person
    ticket_id: UUID
    redis: EmbeddedRedis

    @property
    def stream(self) -> str:
        return f"queue:{self.company.queue_id}"

    async def send(self) -> float:
        """How long the answer took."""
        started = time.monotonic()
        answer = await self.agent.http.post(
            f"/api/tickets/{self.ticket_id}/messages", json={"text": "Oi"}, headers={"Idempotency-Key": str(new_id())}
        )
        assert answer.status_code == HTTPStatus.CREATED
        return time.monotonic() - started

    async def head(self) -> int:
        return int((await self.agent.http.get("/api/bootstrap")).json()["cursor"][self.stream])


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    redis = EmbeddedRedis(tmp_path)
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
async def stand(api_settings: ApiSettings, api_database: Database, own_redis: EmbeddedRedis) -> AsyncIterator[Stand]:
    owner = await connect(api_database.owner)
    settings = msgspec.structs.replace(api_settings, redis=RedisSettings(uri=own_redis.uri))
    resources = MemoryResources()
    parts = build(settings, resources)
    world = World(parts, owner, resources, api_database)
    async with running(parts.app) as url:
        company = await world.company()
        agent = await world.person(company, "agent", company.queue_id)
        ticket_id = await world.ticket(company, await world.connection(company))
        yield Stand(world, url, company, agent, ticket_id, own_redis)
        await world.close_browsers()
    await owner.close()


async def test_browsers_learn_of_changes_without_redis_and_hear_again_after_it(stand: Stand) -> None:
    async with following(stand.url, stand.company.id, stand.agent.token) as follower:
        stand.redis.stop()
        await stand.send()
        await follower.until_head(stand.stream, await stand.head(), HEAL_SECONDS)
        stand.redis.start()
        follower.frames.clear()
        async with asyncio.timeout(HEAL_SECONDS):
            while not follower.frames:
                await stand.send()
                await asyncio.sleep(0.1)


async def test_requests_do_not_wait_for_a_redis_that_hangs(stand: Stand) -> None:
    assert stand.redis.process is not None
    await stand.send()
    os.kill(stand.redis.process.pid, signal.SIGSTOP)
    try:
        took = [await stand.send() for _ in range(10)]
    finally:
        os.kill(stand.redis.process.pid, signal.SIGCONT)
    assert sum(took) < 5
    assert sorted(took)[-2] < 1


async def test_readiness_names_redis_and_life_goes_on(stand: Stand) -> None:
    browser = stand.world.browser()
    assert (await browser.get("/api/health/ready")).status_code == HTTPStatus.OK
    stand.redis.stop()
    answer = await browser.get("/api/health/ready")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "not_ready")
    assert "redis" in answer.json()["detail"]
    assert "database" not in answer.json()["detail"]
    assert (await browser.get("/api/health/live")).status_code == HTTPStatus.OK


async def test_signing_in_works_without_redis_and_stays_limited(stand: Stand) -> None:
    stand.redis.stop()

    async def sign_in(password: str) -> int:
        credentials = {"email": stand.agent.email, "password": password}
        return (await stand.world.browser().post("/api/auth/sign-in", json=credentials)).status_code

    assert await sign_in(PASSWORD) == HTTPStatus.OK
    assert [await sign_in("a guess") for _ in range(11)][-1] == HTTPStatus.TOO_MANY_REQUESTS


async def test_other_requests_are_not_limited_without_redis(stand: Stand) -> None:
    stand.redis.stop()
    for _ in range(20):
        await stand.world.parts.services.limits.count_request(stand.agent.id)
    assert (await stand.agent.http.get("/api/me")).status_code == HTTPStatus.OK
