"""What sessions and the operator do to the database, with their own roles and rights."""

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from tests.integration.database import Company, Database

from recado_core.ids import new_id
from recado_core.settings import DatabaseSettings
from recado_domain.provision import connect

GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises for a connection that the database has ended; the last one when that is met in mid-call."""


class Session(msgspec.Struct, frozen=True):
    """One session of a connection: what a pod knows, and its open connection to the database."""

    settings: DatabaseSettings
    connection_id: UUID
    epoch: int
    database: asyncpg.Connection

    async def call(self, function: str, *values: Any) -> list[asyncpg.Record]:
        places = ", ".join(f"${place + 1}" for place in range(len(values) + 1))
        query = f"select * from session_api.{function}({places})"  # noqa: S608 - the test's own words
        return await self.database.fetch(query, self.epoch, *values)


class OperatorHand(msgspec.Struct, frozen=True):
    """Does what the operator does, with the operator's rights."""

    whole: Database
    operator: asyncpg.Connection
    stack: AsyncExitStack

    async def declare(self, company: Company, *, name: str = "sales", paused: bool = False) -> UUID:
        connection_id = new_id()
        await self.operator.fetchval(
            "select operator_api.declare_connection($1, $2, $3, 'Sales', 'kubectl', $4)",
            company.id,
            connection_id,
            name,
            paused,
        )
        return connection_id

    async def take_over(self, connection_id: UUID, expected_epoch: int = 0) -> Session:
        password = f"secret-{expected_epoch}"
        epoch = await self.operator.fetchval(
            "select operator_api.take_over($1, $2, $3)", connection_id, expected_epoch, password
        )
        settings = self.whole.as_role(f"wa_{connection_id.hex}", password)
        return Session(settings, connection_id, epoch, await self.open(settings))

    async def open(self, settings: DatabaseSettings) -> asyncpg.Connection:
        connection = await connect(settings)
        self.stack.push_async_callback(connection.close)
        return connection
