"""Databases for integration tests. Fixtures are synchronous, so that tests of processes can use them too."""

from collections.abc import Iterator

import pytest
from tests.integration.database import (
    Company,
    Database,
    drop_database,
    make_database,
    make_template,
    run_blocking,
    seed_company,
)
from tests.integration.servers import NEWEST, OLDEST, RELEASES, running

from recado_local.embedded.postgres import EmbeddedPostgres


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that are marked with `every_postgres` and use a database run once on each release."""
    marked = metafunc.definition.get_closest_marker("every_postgres") is not None
    if marked and "database_server" in metafunc.fixturenames:
        metafunc.parametrize("database_server", RELEASES, indirect=True)


@pytest.fixture(scope="session")
def template_server(postgres_server: EmbeddedPostgres) -> EmbeddedPostgres:
    """A server that holds the migrated template."""
    run_blocking(make_template(postgres_server))
    return postgres_server


@pytest.fixture(scope="session")
def oldest_template_server() -> Iterator[EmbeddedPostgres]:
    """The same on the oldest PostgreSQL that we promise."""
    with running(OLDEST) as server:
        run_blocking(make_template(server))
        yield server


@pytest.fixture
def database_server(request: pytest.FixtureRequest) -> EmbeddedPostgres:
    """Where this test has its database."""
    oldest = getattr(request, "param", NEWEST) == OLDEST
    server: EmbeddedPostgres = request.getfixturevalue("oldest_template_server" if oldest else "template_server")
    return server


@pytest.fixture
def database(database_server: EmbeddedPostgres) -> Iterator[Database]:
    """An empty, migrated database of this test alone."""
    made = run_blocking(make_database(database_server))
    yield made
    run_blocking(drop_database(database_server, made))


@pytest.fixture
def company(database: Database) -> Company:
    """A company with its default queue and an admin."""
    return run_blocking(seed_company(database.owner))
