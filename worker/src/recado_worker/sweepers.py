"""What is done again and again because something may have been forgotten: repairs and retention.

Not SAQ's cron: a sweeper repairs what Redis lost, so it must not depend on Redis. Every worker sweeps; each sweep may
run twice at once without harm, and each takes small bites.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

import msgspec

from recado_core import bells
from recado_core.clock import Clock
from recado_core.log import logger
from recado_domain.doorbell import Doorbell
from recado_domain.housekeeping import BITE, forget
from recado_domain.outbox.queries import overdue_connections
from recado_domain.unit_of_work import Database
from recado_worker import metrics

log = logger(__name__)

TICK_SECONDS = 1.0
OUTBOX_PATIENCE = timedelta(seconds=3)
"""Sessions look by themselves each second; what waits longer deserves a ring."""

Swept = Mapping[str, int]
"""How many, by what."""


class Sweeper(msgspec.Struct, frozen=True):
    name: str
    every: timedelta
    sweep: Callable[[], Awaitable[Swept]]


class Schedule:
    """Which sweepers are due. All are at the start; one that fails is due again at its usual time."""

    def __init__(self, sweepers: Sequence[Sweeper], clock: Clock) -> None:
        self._clock = clock
        self._due = {sweeper: clock.monotonic() for sweeper in sweepers}

    def due(self) -> list[Sweeper]:
        """Those whose time has come; their next time is noted."""
        now = self._clock.monotonic()
        found = [sweeper for sweeper, at in self._due.items() if at <= now]
        for sweeper in found:
            self._due[sweeper] = now + sweeper.every.total_seconds()
        return found


async def sweep_for_ever(schedule: Schedule) -> None:
    while True:
        for sweeper in schedule.due():
            try:
                for what, count in (await sweeper.sweep()).items():
                    metrics.SWEPT.labels(what).inc(count)
            except Exception as error:  # noqa: BLE001 - the next sweep is the repair
                log.warning("not swept", sweeper=sweeper.name, error=type(error).__name__)
        await asyncio.sleep(TICK_SECONDS)


def measurer(measure: Callable[[], Awaitable[Swept]]) -> Sweeper:
    return Sweeper("age of jobs", timedelta(seconds=5), measure)


def inbox_sweepers(database: Database, doorbell: Doorbell) -> list[Sweeper]:
    return [Sweeper("outbox", timedelta(seconds=5), lambda: ring_overdue(database, doorbell))]


def background_sweepers(database: Database, enqueue_due_jobs: Callable[[], Awaitable[Swept]]) -> list[Sweeper]:
    return [
        Sweeper("jobs", timedelta(seconds=1), enqueue_due_jobs),
        Sweeper("retention", timedelta(minutes=5), lambda: forget_old(database)),
    ]


async def ring_overdue(database: Database, doorbell: Doorbell) -> Swept:
    """Doorbells of sessions that seem not to have heard of a message that waits for them."""
    async with database.system() as work:
        connections = await overdue_connections(work, OUTBOX_PATIENCE)
    for connection_id in connections:
        await doorbell.ring(bells.outbound(connection_id), "")
    return {"outbox": len(connections)}


async def forget_old(database: Database) -> Swept:
    """Until nothing old is left, each bite in its own transaction."""
    total: dict[str, int] = {}
    while True:
        async with database.system() as work:
            gone = await forget(work)
        for table, count in gone.items():
            total[table] = total.get(table, 0) + count
        if max(gone.values()) < BITE:
            return total
