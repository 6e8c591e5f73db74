"""The API as it runs, on the real database and Redis, with its background tasks."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio
import structlog
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

ACCESS_SECRET = "t5Gh-access-secret-for-the-tests-of-the-api-long-enough-for-every-algorithm"


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


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> Iterator[None]:
    """The default console log prints every local of a stack, slowly; these tests judge answers, not logs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def api_database(template_server: EmbeddedPostgres) -> Iterator[Database]:
    """One for all tests of the API: companies keep them apart, as they do in production."""
    made = run_blocking(make_database(template_server))
    yield made
    run_blocking(drop_database(template_server, made))


@pytest.fixture(scope="session")
def api_settings(api_database: Database, redis_server: EmbeddedRedis) -> ApiSettings:
    web = WebSettings(
        jwt_secret=ACCESS_SECRET,
        jwt_refresh_secret="u8Jk-refresh-secret-for-the-tests-of-the-api",
        frontend_url="https://inbox.test",
        sign_ins_per_minute=100_000,
    )
    return ApiSettings(database=api_database.app, redis=RedisSettings(uri=redis_server.uri), web=web)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def owner(api_database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(api_database.owner)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_world(
    api_settings: ApiSettings, owner: asyncpg.Connection, api_database: Database
) -> AsyncIterator[World]:
    resources = MemoryResources()
    parts = build(api_settings, resources)
    async with started(parts.http):
        yield World(parts, owner, resources, api_database)


@pytest_asyncio.fixture(loop_scope="session")
async def world(shared_world: World) -> AsyncIterator[World]:
    """Building the app takes longer than most tests, so they share one; each makes its own companies."""
    yield shared_world
    await shared_world.close_browsers()
