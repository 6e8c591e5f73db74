"""Work by key: each once, never two at a time on the same, failures later and later, at most `workers` at once.

Everything that notices something (watches, bells, polls, the clock) only adds keys; what to do is read anew when the
key's turn comes, so nothing depends on the order or the number of events.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from recado_core.clock import Clock
from recado_core.log import logger
from recado_operator.runtime import metrics
from recado_operator.runtime.agenda import Agenda, Urgency

FIRST_RETRY = 0.2
LONGEST_RETRY = 60.0

K = TypeVar("K", bound=Hashable)
Work = Callable[[K], Awaitable[float | None]]
"""Does what one key needs; answers after how many seconds time alone asks for another look."""

log = logger(__name__)


def retry_after(failures: int, error: Exception) -> float:
    """0.2, 0.4, 0.8 … 60 seconds, or as long as the API server asked for."""
    asked: float = getattr(error, "retry_after", 0.0)
    return max(asked, min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(failures - 1, 20)))


class WorkQueue(Generic[K]):
    def __init__(self, clock: Clock, work: Work[K], workers: int) -> None:
        self._clock = clock
        self._work = work
        self._workers = workers
        self._agenda: Agenda[K] = Agenda()
        self._failures: dict[K, int] = {}
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()

    def add(self, key: K, after: float | None = None, urgency: Urgency = Urgency.TOLD) -> None:
        """Wants `key` looked at, at once or in `after` seconds."""
        now = self._clock.monotonic()
        self._agenda.add(key, now, None if after is None else now + after, urgency)
        metrics.QUEUE_ADDS.inc()
        self._changed.set()

    def oldest_seconds(self) -> float:
        return self._agenda.oldest(self._clock.monotonic())

    async def run(self) -> None:
        """Never returns. Cancelled, it stops where it stands; every step may be repeated by the next leader.

        One waits and hands out, so that an event wakes one task and not each worker.
        """
        places = asyncio.Semaphore(self._workers)
        async with asyncio.TaskGroup() as group:
            while True:
                await places.acquire()
                working = group.create_task(self._do(await self._next()))
                working.add_done_callback(lambda _: places.release())

    async def drain(self) -> None:
        """Returns when nothing is due and nothing is worked on."""
        while self._agenda.due or self._agenda.working:
            self._idle.clear()
            await self._idle.wait()

    async def _next(self) -> K:
        while (taken := self._agenda.take(self._clock.monotonic())) is None:
            await self._wait()
        key, since = taken
        metrics.QUEUE_SECONDS.observe(max(0.0, self._clock.monotonic() - since))
        return key

    async def _wait(self) -> None:
        self._changed.clear()
        at = self._agenda.next_at()
        try:
            async with asyncio.timeout(None if at is None else max(0.0, at - self._clock.monotonic())):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _do(self, key: K) -> None:
        started = self._clock.monotonic()
        try:
            wake = await self._work(key)
            self._failures.pop(key, None)
        except Exception as error:  # noqa: BLE001 - one bad object must not stop the others
            wake = self._fail(key, error)
        finally:
            self._agenda.done(key, self._clock.monotonic())
            self._changed.set()  # it may be due again
            self._idle.set()
            metrics.WORK_SECONDS.observe(self._clock.monotonic() - started)
        if wake is not None:
            self.add(key, wake)

    def _fail(self, key: K, error: Exception) -> float:
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        metrics.QUEUE_RETRIES.inc()
        log.warning("not reconciled, tried again", key=str(key), failures=failures, problem=repr(error))
        return retry_after(failures, error)

    def measure(self) -> None:
        """Sets the gauges; called when somebody reads the metrics."""
        metrics.QUEUE_DEPTH.set(self._agenda.due)
        metrics.QUEUE_OLDEST.set(self.oldest_seconds())
