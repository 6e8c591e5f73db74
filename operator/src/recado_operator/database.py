"""`Leases` over PostgreSQL: the operator's role may execute the functions of `operator_api` and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

import asyncpg

from recado_core.ids import new_id
from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.settings import DatabaseSettings
from recado_core.tls import database_ssl
from recado_operator.ports import (
    DatabaseUnavailableError,
    DeclarationRefusedError,
    FirstAdminAnswer,
    PredecessorError,
)
from recado_operator.world import ObservedCompany, ObservedSession, OverdueConnection

COMMAND_SECONDS = 10.0
FIRST_ADMIN_NAME = "Admin"

REFUSED = "RCD03"
"""The SQLSTATE with which the database refuses a declaration; its text says what to correct."""
PREDECESSOR = "RCD04"
"""With which it asks for patience: the connection that had the name before is not retained yet."""

BROKEN = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # when PostgreSQL ends the connection while we begin a query
)

_OBSERVE = """
select company_id, connection_id, name, epoch, state, reason, heartbeat_age_seconds, exit_code,
       jid is not null as linked, phone, paused, deleted, retained, pairing_requested
from operator_api.observe({})
"""
_PROVISION = "select operator_api.provision_company($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
_DECLARE = """
select role, operator_api.declare_pairing($2, $7)
from operator_api.declare_connection($1, $2, $3, $4, $5, $6) as role
"""


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
            min_size=0,  # so that an operator starts, and says what is wrong, while the database is away
            max_size=8,
            reset=_keep,
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

    async def observe(self, connection_id: UUID) -> ObservedSession | None:
        with _telling_outages():
            row = await self._pool.fetchrow(_OBSERVE.format("$1"), connection_id)
        return None if row is None else _observed(row)

    async def list(self) -> Sequence[ObservedSession]:
        with _telling_outages():
            return [_observed(row) for row in await self._pool.fetch(_OBSERVE.format(""))]

    async def fingerprints(self, silence: timedelta) -> Mapping[UUID, int]:
        query = "select connection_id, fingerprint from operator_api.fingerprints($1)"
        with _telling_outages():
            return {row[0]: row[1] for row in await self._pool.fetch(query, silence)}

    async def declare(self, resource: WhatsAppConnection, company_id: int, connection_id: UUID) -> None:
        spec, metadata = resource.spec, resource.metadata
        values = (company_id, connection_id, metadata.name, resource.display_name, metadata.manager, spec.suspend)
        with _telling_refusals():
            role = await self._pool.fetchval(_DECLARE, *values, spec.code_for)
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

    async def retain(self, connection_id: UUID) -> None:
        await self._pool.execute("select operator_api.retain_connection($1)", connection_id)

    async def remove(self, connection_id: UUID, *, purge: bool) -> None:
        call = "select operator_api.purge_connection($1)" if purge else "select operator_api.remove_connection($1)"
        await self._pool.execute(call, connection_id)

    async def overdue(self, retention: timedelta) -> Sequence[OverdueConnection]:
        with _telling_outages():
            rows = await self._pool.fetch("select * from operator_api.overdue_connections($1)", retention)
        return [OverdueConnection(**dict(row)) for row in rows]

    async def collect(self, connection_id: UUID, retention: timedelta) -> bool:
        call = "select operator_api.collect_connection($1, $2)"
        with _telling_outages():
            gone: bool = await self._pool.fetchval(call, connection_id, retention)
        return gone

    async def observe_company(self, uid: UUID) -> ObservedCompany | None:
        query = "select * from operator_api.observe_companies() where resource_uid = $1"
        with _telling_outages():
            row = await self._pool.fetchrow(query, uid)
        return None if row is None else ObservedCompany(**dict(row))

    async def provision(self, resource: Company) -> int:
        spec, quotas = resource.spec, resource.spec.quotas
        identity = (resource.metadata.uid, spec.company_id, new_id(), spec.display_name, resource.metadata.name)
        limits = (spec.suspend, spec.plan, quotas.connections, quotas.agents, quotas.storage_gi)
        with _telling_refusals():
            company_id: int = await self._pool.fetchval(_PROVISION, *identity, *limits, spec.locale, spec.timezone)
        return company_id

    async def make_first_admin(self, company_id: int, email: str, password_hash: str) -> FirstAdminAnswer:
        call = "select operator_api.make_first_admin($1, $2, $3, $4, $5)"
        with _telling_refusals():
            answer: FirstAdminAnswer = await self._pool.fetchval(
                call, company_id, new_id(), FIRST_ADMIN_NAME, email, password_hash
            )
        return answer

    async def purge_company(self, company_id: int) -> None:
        await self._pool.execute("select operator_api.purge_company($1)", company_id)


async def _keep(_: asyncpg.Connection) -> None:
    """Nothing of a session outlives its transaction here, so what asyncpg would reset is a round trip for nothing."""


@contextmanager
def _telling_outages() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise DatabaseUnavailableError(f"PostgreSQL cannot be asked: {error!r}") from error
    except (asyncpg.CannotConnectNowError, asyncpg.OperatorInterventionError) as error:
        raise DatabaseUnavailableError(f"PostgreSQL cannot be asked: {error}") from error


@contextmanager
def _telling_refusals() -> Iterator[None]:
    try:
        yield
    except asyncpg.DataError as error:  # Kubernetes takes texts that PostgreSQL does not: with a zero byte
        raise DeclarationRefusedError(
            f"The database cannot keep a text of this resource: {error}. Correct it."
        ) from error
    except asyncpg.PostgresError as error:
        if error.sqlstate == PREDECESSOR:
            raise PredecessorError(str(error)) from error
        if error.sqlstate == REFUSED:
            raise DeclarationRefusedError(str(error)) from error
        raise


def role_name(connection_id: UUID) -> str:
    """The connection's role and schema, as `declare_connection` names them."""
    return f"wa_{connection_id.hex}"


def _observed(row: asyncpg.Record) -> ObservedSession:
    return ObservedSession(**dict(row))
