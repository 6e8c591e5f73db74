"""The schema comes up on every PostgreSQL that we promise, twice in a row, and leaves nobody a way around it."""

import asyncio
from collections.abc import Iterator

import pytest
from tests.integration.database import PASSWORDS, Database, superuser
from tests.integration.servers import RELEASES, running

from recado_core.settings import DatabaseSettings
from recado_domain.migrate import upgrade
from recado_domain.provision import connect, provision_database
from recado_local.embedded.postgres import EmbeddedPostgres


@pytest.fixture(params=RELEASES)
def fresh_server(request: pytest.FixtureRequest) -> Iterator[EmbeddedPostgres]:
    with running(request.param) as server:
        yield server


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
