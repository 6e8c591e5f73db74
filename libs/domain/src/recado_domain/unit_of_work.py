"""One verb, one transaction. Actions write through a unit of work and tell it what changed; at the end it turns that
into events, moves the streams' heads as the last statement (so that numbers are gapless and in commit order), commits,
and only then lets frames and doorbells out. Nobody else commits.

A unit belongs to one company by row level security, or crosses companies as `recado_system`; there is no third kind.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Executable, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from recado_core.clock import Clock, SystemClock
from recado_core.log import logger
from recado_domain.broadcast import Broadcaster, Frame, SilentBroadcaster
from recado_domain.doorbell import Doorbell, SilentDoorbell
from recado_domain.streams.events import Event
from recado_domain.streams.log import append

log = logger(__name__)

NAME_COMPANY = text("select set_config('recado.company', :company, true)")
LOCK = text("select set_config('recado.company', :company, true), pg_advisory_xact_lock(hashtextextended(:lock, 0))")

Changes = Mapping[UUID, bool]
"""Ids that changed; True when the thing was created in this unit."""


class Work:
    """What both kinds share: a connection inside a transaction, and the time at which it all happens."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self.connection = connection
        self.now = now
        self.round_trips = 0
        """Statements so far: what a verb costs, beside beginning and commit."""

    async def execute(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        self.round_trips += 1
        return await self.connection.execute(statement, values)


class SystemUnitOfWork(Work):
    """Crosses companies. Only for signing in, creating companies, sweeping and housekeeping."""


class UnitOfWork(Work):
    """Everything else: one company, which is named to the database ahead of the first statement."""

    def __init__(self, connection: AsyncConnection, now: datetime, company_id: int) -> None:
        super().__init__(connection, now)
        self.company_id = company_id
        self._named = False
        self._changes: dict[Describe, dict[UUID, bool]] = {}
        self._told: dict[Describe, dict[UUID, Told]] = {}
        self._bells: dict[tuple[str, str], None] = {}

    async def execute(
        self, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        await self._name_company()
        return await super().execute(statement, values)

    async def lock(self, name: str) -> None:
        """Waits for the advisory lock `name` and holds it until the unit ends. At the beginning of a unit it shares
        the statement that names the company. Nothing is read in that statement: it would not see what was committed
        while it waited.
        """
        self._named = True
        await super().execute(LOCK, {"company": str(self.company_id), "lock": name})

    async def savepoint(self) -> AsyncTransaction:
        """The company is named before it, so that going back to it does not forget the company."""
        await self._name_company()
        return await self.connection.begin_nested()

    async def _name_company(self) -> None:
        if not self._named:
            self._named = True
            await super().execute(NAME_COMPANY, {"company": str(self.company_id)})

    def changed(
        self, describe: "Describe", identifier: UUID, *, created: bool = False, event: "Told | None" = None
    ) -> None:
        """At the end `describe` reads what became of it and says it as events; many changes become one event. Whoever
        knows what became of it gives the `event`, which spares the reading unless something else changes it too.
        """
        marks, told = self._changes.setdefault(describe, {}), self._told.setdefault(describe, {})
        if event is not None and identifier not in marks:
            told[identifier] = event
        else:
            told.pop(identifier, None)
        marks[identifier] = marks.get(identifier, False) or created

    def ring(self, channel: str, payload: str = "") -> None:
        """After the commit, once for each channel and payload."""
        self._bells[channel, payload] = None

    async def described(self) -> list["Told"]:
        events: list[Told] = []
        for describe, marks in self._changes.items():
            told = self._told[describe]
            events += told.values() if told.keys() == marks.keys() else await describe(self, marks)
        return events

    @property
    def bells(self) -> list[tuple[str, str]]:
        return list(self._bells)


Told = tuple[str, Event]
"""An event and the stream on which it is followed."""

Describe = Callable[[UnitOfWork, Changes], Awaitable[Sequence[Told]]]
"""Reads the present state of changed things, in the order in which they shall be followed."""


class Database:
    """Opens units of work; one for each process."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        broadcaster: Broadcaster | None = None,
        doorbell: Doorbell | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.engine = engine
        self._broadcaster = broadcaster or SilentBroadcaster()
        self._doorbell = doorbell or SilentDoorbell()
        self._clock = clock or SystemClock()

    @asynccontextmanager
    async def company(self, company_id: int) -> AsyncIterator[UnitOfWork]:
        """Commits at the end, rolls back on any exception."""
        async with self.engine.begin() as connection:
            work = UnitOfWork(connection, self._clock.now(), company_id)
            yield work
            frames = await append(work.execute, company_id, await work.described())
        for frame in frames:
            await self._emit(company_id, frame)
        for channel, payload in work.bells:
            await self._doorbell.ring(channel, payload)

    @asynccontextmanager
    async def system(self) -> AsyncIterator[SystemUnitOfWork]:
        """Commits at the end, rolls back on any exception."""
        async with self.engine.begin() as connection:
            await connection.execute(text("set local role recado_system"))
            yield SystemUnitOfWork(connection, self._clock.now())

    async def _emit(self, company_id: int, frame: Frame) -> None:
        try:
            await self._broadcaster.emit(company_id, frame)
        except Exception as error:  # noqa: BLE001 - the change is committed; browsers find it in the log
            log.warning("frame not emitted, browsers will ask", company=company_id, error=str(error))
