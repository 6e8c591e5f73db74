"""An operator's surroundings for each test: a namespace, a database, rights, and a proxy that writes its calls down."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator.ledger import Ledger
from tests.cluster.operator.office import Office, install_definitions, opened
from tests.cluster.operator.operators import Operator
from tests.integration.database import make_template, run_blocking

from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

HERE = Path(__file__).parent
LAST = "test_all_that_was_asked_for_is_granted_and_all_that_is_granted_was_used"
Hire = Callable[..., Operator]
"""Starts an operator for the office and waits, unless told otherwise, until it leads."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What was used by all tests can be judged when all are over."""
    items.sort(key=lambda item: item.name == LAST)


@pytest.fixture(scope="session")
def template_server(postgres_server: EmbeddedPostgres) -> EmbeddedPostgres:
    run_blocking(make_template(postgres_server))
    return postgres_server


@pytest.fixture(scope="session")
def definitions(control_plane: ControlPlane) -> ControlPlane:
    """The control plane, with our resources."""
    install_definitions(control_plane.client)
    return control_plane


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def office(definitions: ControlPlane, template_server: EmbeddedPostgres) -> Iterator[Office]:
    with opened(definitions, template_server) as office:
        yield office


@pytest.fixture
def hire(
    office: Office, redis_server: EmbeddedRedis, fault_proxy: FaultProxy, ledger: Ledger, tmp_path: Path
) -> Iterator[Hire]:
    with ExitStack() as hired:

        def hire(identity: str = "a", *, ready: bool = True, **settings: str) -> Operator:
            """`settings`: also `server` and `sabotage` of `Operator`."""
            chosen = {"server": fault_proxy.url, **settings}
            operator = hired.enter_context(Operator(office, tmp_path, redis_server.uri, identity=identity, **chosen))
            if ready:
                operator.wait_ready()
            return operator

        yield hire
    ledger.note(fault_proxy.calls)
