"""A declared connection with its session, and a projector without anything around it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.integration.database import Company, Database
from tests.integration.domain.office import Recorder
from tests.integration.domain.session import OperatorHand
from tests.integration.worker.inbox import Inbox

from recado_domain import unit_of_work
from recado_domain.engine import create_engine
from recado_domain.provision import connect
from recado_worker.projection import Projector


@pytest.fixture
async def inbox(database: Database, company: Company) -> AsyncIterator[Inbox]:
    async with AsyncExitStack() as stack:
        operator, behind = await connect(database.operator), await connect(database.admin)
        stack.push_async_callback(operator.close)
        stack.push_async_callback(behind.close)
        hand = OperatorHand(database, operator, stack)
        yield Inbox(company, await hand.take_over(await hand.declare(company)), behind)


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    made = create_engine(database.app)
    yield made
    await made.dispose()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def projector(engine: AsyncEngine, recorder: Recorder) -> Projector:
    return Projector(unit_of_work.Database(engine, broadcaster=recorder, doorbell=recorder))
