"""One operator's surroundings for each test: a namespace, a database, rights."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.operator.office import Office, install_definitions
from tests.cluster.operator.operators import Operator
from tests.integration.database import drop_database, make_database, make_template, run_blocking, seed_company

from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

Hire = Callable[..., Operator]
"""Starts an operator for the office and waits, unless told otherwise, until it leads."""


@pytest.fixture(scope="session")
def template_server(postgres_server: EmbeddedPostgres) -> EmbeddedPostgres:
    run_blocking(make_template(postgres_server))
    return postgres_server


@pytest.fixture(scope="session")
def definitions(control_plane: ControlPlane) -> ControlPlane:
    """The control plane, with our resources."""
    install_definitions(control_plane.client)
    return control_plane


@pytest.fixture
def office(definitions: ControlPlane, template_server: EmbeddedPostgres) -> Iterator[Office]:
    database = run_blocking(make_database(template_server))
    office = Office(definitions, database, run_blocking(seed_company(database.owner)))
    office.open()
    yield office
    office.close()
    run_blocking(drop_database(template_server, database))


@pytest.fixture
def hire(office: Office, redis_server: EmbeddedRedis, tmp_path: Path) -> Iterator[Hire]:
    with ExitStack() as hired:

        def hire(identity: str = "a", *, ready: bool = True, server: str = "", **settings: str) -> Operator:
            operator = hired.enter_context(Operator(office, tmp_path, redis_server.uri, identity, server, **settings))
            if ready:
                operator.wait_ready()
            return operator

        yield hire
