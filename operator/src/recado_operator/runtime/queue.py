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
from recado_operator.runtime.agenda import Agenda

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

    def add(self, key: K, after: float | None = None) -> None:
        """Wants `key` looked at, at once or in `after` seconds."""
        now = self._clock.monotonic()
        self._agenda.add(key, now, None if after is None else now + after)
        metrics.QUEUE_ADDS.inc()
        self._changed.set()

    def oldest_seconds(self) -> float:
        return self._agenda.oldest(self._clock.monotonic())

    async def run(self) -> None:
        """Never returns. Cancelled, it stops where it stands; every step may be repeated by the next leader."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._workers):
                group.create_task(self._run_worker(), name=f"worker {number}")

    async def drain(self) -> None:
        """Returns when nothing is due and nothing is worked on."""
        while self._agenda.due or self._agenda.working:
            self._idle.clear()
            await self._idle.wait()

    async def _run_worker(self) -> None:
        while True:
            taken = self._agenda.take(self._clock.monotonic())
            if taken is None:
                await self._wait()
                continue
            key, since = taken
            metrics.QUEUE_SECONDS.observe(max(0.0, self._clock.monotonic() - since))
            await self._do(key)

    async def _wait(self) -> None:
        self._idle.set()
        self._changed.clear()
        at = self._agenda.next_at()
        seconds = None if at is None else max(0.0, at - self._clock.monotonic())
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
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
