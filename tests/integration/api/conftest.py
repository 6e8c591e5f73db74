"""The API as it runs, on the real database and Redis, with its background tasks."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from litestar import Litestar
from tests.integration.api.resources import MemoryResources
from tests.integration.api.world import World
from tests.integration.database import Database, drop_database, make_database, run_blocking

from recado_api.app import build
from recado_api.settings import ApiSettings, WebSettings
from recado_core.settings import RedisSettings
from recado_domain.provision import connect
from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis


@asynccontextmanager
async def started(http: Litestar) -> AsyncIterator[None]:
    """The app's lifespan in a task of its own: fixtures begin and end in different ones, which it does not allow."""
    up, down = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with http.lifespan():
            up.set()
            await down.wait()

    living = asyncio.create_task(live())
    waiting = asyncio.create_task(up.wait())
    await asyncio.wait({living, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if up.is_set():
        yield
    down.set()
    await living


@pytest.fixture(scope="session")
def api_database(template_server: EmbeddedPostgres) -> Iterator[Database]:
    """One for all tests of the API: companies keep them apart, as they do in production."""
    made = run_blocking(make_database(template_server))
    yield made
    run_blocking(drop_database(template_server, made))


@pytest.fixture
def api_settings(api_database: Database, redis_server: EmbeddedRedis) -> ApiSettings:
    web = WebSettings(
        jwt_secret="t5Gh-access-secret-for-the-tests-of-the-api-1",
        jwt_refresh_secret="u8Jk-refresh-secret-for-the-tests-of-the-api",
        frontend_url="https://inbox.test",
        sign_ins_per_minute=100_000,
    )
    return ApiSettings(database=api_database.app, redis=RedisSettings(uri=redis_server.uri), web=web)


@pytest.fixture
async def owner(api_database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(api_database.owner)
    yield connection
    await connection.close()


@pytest.fixture
async def world(api_settings: ApiSettings, owner: asyncpg.Connection, api_database: Database) -> AsyncIterator[World]:
    resources = MemoryResources()
    parts = build(api_settings, resources)
    world = World(parts, owner, resources, api_database)
    async with started(parts.http):
        yield world
        await world.close()
