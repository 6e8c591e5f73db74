"""A connection in a real database, a real Redis and a simulated WhatsApp, for sessions that are real processes."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.contract.session_pod import simulator as simulators
from tests.contract.session_pod.simulator import Simulator
from tests.integration.database import Company, Database
from tests.integration.session_pod.process import Connection, Environment

from recado_local.embedded.redis import EmbeddedRedis


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with simulators.running(tmp_path_factory.mktemp("whatsapp") / "simulator") as running:
        yield running


@pytest.fixture
async def connection(
    database: Database, company: Company, redis_server: EmbeddedRedis, simulator: Simulator, tmp_path: Path
) -> AsyncIterator[Connection]:
    made = Connection(Environment(database, company, simulator.new_account(), redis_server.uri, tmp_path))
    await made.declare()
    yield made
    made.stop_all()
