"""Both worlds, and what the real one needs: a role with a schema of its own, and a simulator."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from tests.contract.session_pod import simulator as simulators
from tests.contract.session_pod.simulator import Simulator
from tests.contract.session_pod.worlds import EngineWorld, MemoryWorld, World

from recado_core.settings import DatabaseSettings
from recado_local.embedded.postgres import SUPERUSER, EmbeddedPostgres


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with simulators.running(tmp_path_factory.mktemp("whatsapp") / "simulator") as running:
        yield running


@pytest.fixture
def engine_database(postgres_server: EmbeddedPostgres) -> DatabaseSettings:
    """What the operator gives a session, less Recado's own functions."""
    settings = DatabaseSettings(
        host=str(postgres_server.socket_directory),
        user=f"wa_{secrets.token_hex(8)}",
        password=secrets.token_urlsafe(16),
        name="postgres",
    )
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, _make_role(postgres_server, settings)).result()
    return settings


@pytest.fixture
async def engine_world(
    tmp_path: Path, engine_database: DatabaseSettings, simulator: Simulator
) -> AsyncIterator[EngineWorld]:
    world = EngineWorld(tmp_path, engine_database, simulator.new_account())
    yield world
    await world.end_all()


@pytest.fixture(params=["memory", "neonize"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    if request.param == "memory":
        return MemoryWorld(tmp_path)
    made: EngineWorld = request.getfixturevalue("engine_world")
    return made


async def _make_role(server: EmbeddedPostgres, settings: DatabaseSettings) -> None:
    connection = await asyncpg.connect(
        host=settings.host, user=SUPERUSER, password=server.password, database=settings.name
    )
    try:
        await connection.execute(
            f"create role {settings.user} login password '{settings.password}';"
            f"create schema {settings.user} authorization {settings.user}"
        )
    finally:
        await connection.close()
