"""`Leases` over PostgreSQL: the operator's role may execute the functions of `operator_api` and nothing else."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self
from uuid import UUID

import asyncpg

from recado_core.resources import WhatsAppConnection
from recado_core.settings import DatabaseSettings
from recado_core.tls import database_ssl
from recado_operator.ports import DeclarationRefusedError
from recado_operator.world import ObservedSession

COMMAND_SECONDS = 10.0
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"

REFUSED = "RCD03"
"""The SQLSTATE with which the database refuses a declaration; its text says what to correct."""

_OBSERVE = """
select company_id, connection_id, name, epoch, state, reason, heartbeat_age_seconds, exit_code,
       jid is not null as linked, paused, deleted, pairing_requested
from operator_api.observe()
"""
_DECLARE = "select operator_api.declare_connection($1, $2, $3, $4, $5, $6)"


class LeaseDatabase:
    """Use as a context manager. The pool reconnects by itself; a call during an outage raises and is tried again."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._opened: asyncpg.Pool | None = None

    async def __aenter__(self) -> Self:
        self._opened = await asyncpg.create_pool(
            host=self._settings.host,
            port=self._settings.port,
            user=self._settings.user,
            password=self._settings.password,
            database=self._settings.name,
            ssl=database_ssl(self._settings),
            min_size=1,
            max_size=2,
            command_timeout=COMMAND_SECONDS,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.terminate()

    @property
    def _pool(self) -> asyncpg.Pool:
        if self._opened is None:
            raise AssertionError("LeaseDatabase is used outside of its `async with`")
        return self._opened

    async def observe(self) -> Sequence[ObservedSession]:
        rows = await self._pool.fetch(_OBSERVE)
        return [_observed(row) for row in rows]

    async def declare(self, resource: WhatsAppConnection, connection_id: UUID) -> None:
        spec, metadata = resource.spec, resource.metadata
        managed_by = metadata.labels.get(MANAGED_BY_LABEL, "kubectl")
        values = (spec.company, connection_id, metadata.name, spec.display_name, managed_by, spec.paused)
        async with self._pool.acquire() as session, session.transaction():
            await session.execute("select set_config('recado.company', $1, true)", str(spec.company))
            try:
                role = await session.fetchval(_DECLARE, *values)
            except asyncpg.PostgresError as error:
                if error.sqlstate == REFUSED:
                    raise DeclarationRefusedError(str(error)) from error
                raise
        if role is None:
            raise DeclarationRefusedError(
                "This connection was removed and cannot come back. Delete metadata.uid from the manifest for a new one."
            )

    async def take_over(self, connection_id: UUID, expected_epoch: int, password: str) -> int | None:
        epoch: int | None = await self._pool.fetchval(
            "select operator_api.take_over($1, $2, $3)", connection_id, expected_epoch, password
        )
        return epoch

    async def fence(self, connection_id: UUID) -> None:
        """Twice: who came back between the end of its connections and the commit is met by the second one."""
        for _ in range(2):
            await self._pool.execute("select operator_api.fence($1)", connection_id)

    async def record_exit(self, connection_id: UUID, epoch: int, exit_code: int) -> None:
        await self._pool.execute("select operator_api.record_exit($1, $2, $3)", connection_id, epoch, exit_code)

    async def report_state(self, connection_id: UUID, epoch: int, state: str, reason: str) -> None:
        call = "select operator_api.report_state($1, $2, $3, $4)"
        await self._pool.execute(call, connection_id, epoch, state, reason)

    async def request_logout(self, connection_id: UUID) -> None:
        await self._pool.execute("select operator_api.request_logout($1)", connection_id)

    async def remove(self, connection_id: UUID) -> None:
        await self._pool.execute("select operator_api.remove_connection($1)", connection_id)


def role_name(connection_id: UUID) -> str:
    """The connection's role and schema, as `declare_connection` names them."""
    return f"wa_{connection_id.hex}"


def _observed(row: asyncpg.Record) -> ObservedSession:
    return ObservedSession(**dict(row))
