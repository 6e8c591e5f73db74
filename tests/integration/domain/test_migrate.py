"""The schema comes up on every PostgreSQL that is installed, twice in a row, and leaves nobody a way around it."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from tests.integration.database import PASSWORDS, Database, seed_company, superuser
from tests.integration.domain.session import OperatorHand

from recado_core.settings import DatabaseSettings
from recado_domain.migrate import upgrade
from recado_domain.provision import connect, provision_database
from recado_local.embedded.postgres import EmbeddedPostgres

DEBIAN = Path("/usr/lib/postgresql/15/bin")
INSTALLED = ["wheel", *(["15"] if (DEBIAN / "postgres").exists() else [])]


@pytest.fixture(params=INSTALLED)
def fresh_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedPostgres]:
    if request.param != "wheel":
        monkeypatch.setenv("RECADO_POSTGRES_BIN", str(DEBIAN))
    elif "RECADO_POSTGRES_BIN" in os.environ:
        monkeypatch.delenv("RECADO_POSTGRES_BIN")
    directory = Path(tempfile.mkdtemp(prefix="recado-migrate-"))
    directory.chmod(0o711)
    server = EmbeddedPostgres(directory, durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.socket_directory, ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


async def _tables(settings: DatabaseSettings) -> int:
    connection = await connect(settings)
    try:
        return int(await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'"))
    finally:
        await connection.close()


async def test_upgrade_makes_the_schema_and_may_be_repeated(fresh_server: EmbeddedPostgres) -> None:
    for _ in range(2):
        await provision_database(superuser(fresh_server, "postgres"), "recado", PASSWORDS)
        owner = Database(superuser(fresh_server, "recado")).owner
        await asyncio.gather(upgrade(owner), upgrade(owner))
        assert await _tables(owner) > 20


async def test_a_session_lives_and_ends_on_every_version(fresh_server: EmbeddedPostgres) -> None:
    """Who may grant, alter and end which role changed with PostgreSQL 16; the life of a session must not."""
    await provision_database(superuser(fresh_server, "postgres"), "recado", PASSWORDS)
    whole = Database(superuser(fresh_server, "recado"))
    await upgrade(whole.owner)
    company = await seed_company(whole.owner)
    async with AsyncExitStack() as stack:
        operator = await connect(whole.operator)
        stack.push_async_callback(operator.close)
        hand = OperatorHand(whole, operator, stack)
        connection_id = await hand.declare(company)
        first = await hand.take_over(connection_id)
        await first.database.execute("create table engine_store (x int)")
        second = await hand.take_over(connection_id, first.epoch)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await first.call("hello")
        assert await second.database.fetch("select * from engine_store") == []
        assert [row["connection_id"] for row in await second.call("hello")] == [connection_id]
        app = await hand.open(whole.app)
        assert await app.fetch("select * from connection") == []
        await operator.execute("select operator_api.remove_connection($1)", connection_id)
        assert await operator.fetch("select * from operator_api.observe()") == []
