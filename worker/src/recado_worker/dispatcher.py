"""Turns doorbells and looks at PostgreSQL into projections, each connection at most once at a time in this process.

The way is SAQ, so that all workers share the load. It may not be there: Redis is away, or a worker was killed and its
job still bars the key. What waited through two looks is therefore done here and now, and its key is freed; the
connection's lock in PostgreSQL keeps two workers from mixing up an order, whoever they are.

A bell that rings while its connection is being projected is noted, and heard when the job has ended: SAQ refuses a key
that still runs, so that ring would otherwise be lost until the next look.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Protocol
from uuid import UUID

from redis.exceptions import RedisError

from recado_core.log import logger
from recado_worker import metrics
from recado_worker.projection import ROUNDS, ROWS

log = logger(__name__)

Door = tuple[int, UUID]
"""A connection with its company."""

LOOKS_BEFORE_HELP = 2
HERE_AT_ONCE = 2

ProjectBatch = Callable[[int, UUID], Awaitable[int]]
"""Applies up to ROWS rows; how many it took."""


class Way(Protocol):
    """SAQ. Both raise RedisError or OSError while Redis is away."""

    async def enqueue(self, door: Door) -> bool:
        """False when a job for this connection already waits or runs."""
        ...

    async def release(self, door: Door) -> None:
        """Forgets that job."""
        ...


class Dispatcher:
    def __init__(self, batch: ProjectBatch, way: Way) -> None:
        self._batch = batch
        self._way = way
        self._running: dict[Door, bool] = {}
        """True when the bell rang since its last look at the inbox."""
        self._looks: dict[Door, int] = {}
        self._here: dict[Door, asyncio.Task[None]] = {}
        self._places = asyncio.Semaphore(HERE_AT_ONCE)

    async def heard(self, door: Door) -> None:
        """A bell rang."""
        if door in self._running:
            self._running[door] = True
            return
        try:
            await self._way.enqueue(door)
        except (RedisError, OSError) as error:
            log.warning("projecting without Redis", error=type(error).__name__)
            self._project_here(door)

    async def looked(self, waiting: Sequence[Door]) -> None:
        """PostgreSQL was asked which connections have rows to apply."""
        metrics.WAITING_CONNECTIONS.set(len(waiting))
        self._looks = {door: self._looks.get(door, 0) + 1 for door in waiting}
        for door, looks in self._looks.items():
            if looks > LOOKS_BEFORE_HELP and door not in self._running:
                self._project_here(door)
                await self._release(door)
            else:
                await self.heard(door)

    def begin(self, door: Door) -> bool:
        """False when this process is at it already; then that run will look once more. Else call `end` afterwards."""
        if door in self._running:
            self._running[door] = True
            return False
        self._running[door] = False
        return True

    async def project(self, door: Door) -> None:
        """Until the inbox is empty, or others have waited long enough."""
        for _ in range(ROUNDS):
            self._running[door] = False
            if await self._batch(*door) < ROWS and not self._running[door]:
                return
        self._running[door] = True

    async def end(self, door: Door) -> None:
        """Whatever ran `project` is over, for SAQ too: the key is free again."""
        if self._running.pop(door):
            await self.heard(door)

    async def finish(self) -> None:
        """Waits for what runs outside SAQ."""
        await asyncio.gather(*self._here.values())

    async def _release(self, door: Door) -> None:
        with suppress(RedisError, OSError):
            await self._way.release(door)

    def _project_here(self, door: Door) -> None:
        if door not in self._here:
            self._here[door] = task = asyncio.create_task(self._projected_here(door))
            task.add_done_callback(lambda _: self._here.pop(door))

    async def _projected_here(self, door: Door) -> None:
        async with self._places:
            if not self.begin(door):
                return
            try:
                await self.project(door)
            except Exception as error:  # noqa: BLE001 - the next look, within a second, tries again
                log.warning("not projected, trying again", error=type(error).__name__)
            finally:
                self._running.pop(door)
