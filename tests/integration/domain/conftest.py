"""A declared connection, the session that speaks for it, and the company that works with both."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import asyncpg
import pytest
from tests.integration.database import Company, Database
from tests.integration.domain.office import Office, Recorder
from tests.integration.domain.session import OperatorHand, Session

from recado_domain import unit_of_work
from recado_domain.engine import create_engine
from recado_domain.provision import connect


@pytest.fixture
async def operator(database: Database) -> AsyncIterator[OperatorHand]:
    async with AsyncExitStack() as stack:
        connection = await connect(database.operator)
        stack.push_async_callback(connection.close)
        yield OperatorHand(database, connection, stack)


@pytest.fixture
async def session(operator: OperatorHand, company: Company) -> Session:
    return await operator.take_over(await operator.declare(company))


@pytest.fixture
async def behind(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's look at the tables, for arranging and asserting only."""
    connection = await connect(database.admin)
    yield connection
    await connection.close()


@pytest.fixture
async def office(database: Database, company: Company, session: Session) -> AsyncIterator[Office]:
    engine = create_engine(database.app, pool_size=25)
    recorder = Recorder()
    domain = unit_of_work.Database(engine, broadcaster=recorder, doorbell=recorder)
    made = Office(domain, company, session, recorder)
    await made.receive()  # what the declaration said
    yield made
    await engine.dispose()
