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

from recado_local.embedded.postgres import EmbeddedPostgres


@pytest.fixture(scope="session")
def template_server(postgres_server: EmbeddedPostgres) -> EmbeddedPostgres:
    """A server that holds the migrated template."""
    run_blocking(make_template(postgres_server))
    return postgres_server


@pytest.fixture
def database(template_server: EmbeddedPostgres) -> Iterator[Database]:
    """An empty, migrated database of this test alone."""
    made = run_blocking(make_database(template_server))
    yield made
    run_blocking(drop_database(template_server, made))


@pytest.fixture
def company(database: Database) -> Company:
    """A company with its default queue and an admin."""
    return run_blocking(seed_company(database.owner))
