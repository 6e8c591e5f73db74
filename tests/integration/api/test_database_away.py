"""While the database is away people are told to try again, and afterwards everything works without a restart."""

from collections.abc import AsyncIterator
from http import HTTPStatus

import msgspec
import pytest
import pytest_asyncio
from tests.integration.api.conftest import started
from tests.integration.api.resources import MemoryResources
from tests.integration.api.world import Person, World

from recado_api.app import build
from recado_api.settings import ApiSettings
from recado_core.settings import DatabaseSettings
from recado_domain.provision import connect

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def ana(world: World) -> Person:
    return await world.person(await world.company())


@pytest_asyncio.fixture(loop_scope="session")
async def blind(api_settings: ApiSettings, world: World) -> AsyncIterator[World]:
    """An API whose database is not there."""
    nowhere = DatabaseSettings(host="/nowhere", user="recado_app", name="recado")
    parts = build(msgspec.structs.replace(api_settings, database=nowhere), MemoryResources())
    blind = World(parts, world.owner, world.resources, world.database)
    async with started(parts.http):
        yield blind
        await blind.close_browsers()


async def test_requests_say_try_again(blind: World, ana: Person) -> None:
    for answer in (
        await blind.browser(ana.token).get("/api/me"),
        await blind.browser().post("/api/auth/sign-in", json={"email": ana.email, "password": "x"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "database_unavailable")
        assert "/nowhere" not in answer.text


async def test_readiness_names_the_database(blind: World) -> None:
    answer = await blind.browser().get("/api/health/ready")
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "database" in answer.json()["detail"]
    assert "redis" not in answer.json()["detail"]
    assert (await blind.browser().get("/api/health/live")).status_code == HTTPStatus.OK


async def test_cut_connections_are_replaced(world: World, ana: Person) -> None:
    assert (await ana.http.get("/api/me")).status_code == HTTPStatus.OK
    admin = await connect(world.database.admin)
    cut = "select bool_and(pg_terminate_backend(pid, 5000)) from pg_stat_activity where usename = 'recado_app'"
    assert await admin.fetchval(cut)
    await admin.close()
    assert (await ana.http.get("/api/me")).status_code == HTTPStatus.OK
