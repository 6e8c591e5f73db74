"""One connection to PostgreSQL, as the connection's own role. It comes back by itself while PostgreSQL is away, and
tells apart the two things that a session must never mix up: "not now" (UnavailableError) and "not you" (FencedError).

One connection, not a pool: a thousand sessions share a database, and all that we do takes milliseconds.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import asyncpg

from recado_core.errors import RecadoError
from recado_core.log import logger
from recado_core.settings import DatabaseSettings
from recado_core.tls import database_ssl

log = logger(__name__)

SECONDS = 5.0
RETRY_SECONDS = 0.5
GRACE_SECONDS = 2.0
"""PostgreSQL that restarts is back sooner, and phones send again for longer what could not be read meanwhile."""
DOUBT_SECONDS = 0.25
EPOCH_TOO_OLD = "RCD01"
BROKEN = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises for a connection that is gone; the last when PostgreSQL ends it while we begin a query."""


class FencedError(RecadoError):
    """Somebody else owns this connection now. Disconnect at once and write nothing."""

    code = "session.fenced"
    title = "Another session took over"


class UnavailableError(RecadoError):
    code = "session.database_unavailable"
    title = "PostgreSQL does not answer"


T = TypeVar("T")


async def patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Repeats `call` while PostgreSQL is away; the lease ends the process when that takes too long."""
    while True:
        try:
            return await call()
        except UnavailableError as error:
            log.warning("waiting for PostgreSQL", problem=error.detail)
            await asyncio.sleep(RETRY_SECONDS)


class Database:
    def __init__(self, settings: DatabaseSettings) -> None:
        self._settings = settings
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._turn = asyncio.Lock()
        self.lost = asyncio.Event()
        """Set when a connection that stood was ended from the other side, idle or not, and there is no other for
        GRACE_SECONDS. A slow answer is no loss.
        """
        self._doubts: set[asyncio.Task[None]] = set()

    async def fetch(self, query: str, *arguments: Any) -> Sequence[asyncpg.Record]:
        """Raises FencedError, UnavailableError, or asyncpg.PostgresError for a query that PostgreSQL refuses."""
        async with self._turn:
            try:
                async with asyncio.timeout(SECONDS):
                    connection = await self._connected()
                    return await connection.fetch(query, *arguments)
            except asyncpg.PostgresError as error:
                self._judge(error)
                raise
            except BROKEN as error:
                self._drop(lost=not isinstance(error, TimeoutError))
                raise UnavailableError(f"PostgreSQL did not answer ({type(error).__name__}); trying again.") from error

    async def close(self) -> None:
        for doubt in self._doubts:
            doubt.cancel()
        closing, self._connection = self._connection, None
        if closing is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await closing.close(timeout=1)

    async def _connected(self) -> "asyncpg.Connection[asyncpg.Record]":
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(
                host=self._settings.host,
                port=self._settings.port,
                user=self._settings.user,
                password=self._settings.password,
                database=self._settings.name,
                ssl=database_ssl(self._settings),
                timeout=SECONDS,
                server_settings={
                    "application_name": "recado-session",
                    "jit": "off",
                    "search_path": self._settings.user,  # its schema has its name
                },
            )
            self._connection.add_termination_listener(self._ended)
        return self._connection

    def _ended(self, connection: object) -> None:
        if connection is self._connection:
            self._suspect()

    def _suspect(self) -> None:
        doubt = asyncio.create_task(self._make_sure())
        self._doubts.add(doubt)
        doubt.add_done_callback(self._doubts.discard)

    async def _make_sure(self) -> None:
        with contextlib.suppress(TimeoutError, FencedError):
            async with asyncio.timeout(GRACE_SECONDS):
                while True:
                    await asyncio.sleep(DOUBT_SECONDS)
                    with contextlib.suppress(UnavailableError):
                        await self.fetch("select 1")
                        return
        self.lost.set()

    def _drop(self, *, lost: bool) -> None:
        dropped, self._connection = self._connection, None
        if dropped is not None:
            dropped.terminate()
            if lost:
                self._suspect()

    def _judge(self, error: asyncpg.PostgresError) -> None:
        if error.sqlstate == EPOCH_TOO_OLD:
            raise FencedError("A newer session owns this connection; this one ends.") from error
        if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
            raise FencedError("The role of this connection may not log in any more; this session ends.") from error
        if isinstance(error, asyncpg.PostgresConnectionError | asyncpg.OperatorInterventionError):
            self._drop(lost=True)
            raise UnavailableError("PostgreSQL is restarting or ended our connection; trying again.") from error
        if isinstance(error, asyncpg.InsufficientResourcesError):
            raise UnavailableError("PostgreSQL has no room for another connection; trying again.") from error
