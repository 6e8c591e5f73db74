"""Which keys wait for their time, which are due, and which are worked on. Pure bookkeeping, told what time it is.

A key stands in it once, however often it is added: that is what turns a storm of events into one look at each
object. While a key is worked on it is not handed out again; what is added meanwhile comes after.

Of thousands that are due, those go first that somebody waits for: new connections before the statuses that tell of
them, sessions on their way to a new release before everybody's status that it has begun. Nothing waits for ever: each
urgency gives way only for so long.
"""

import heapq
from collections import OrderedDict
from collections.abc import Hashable
from enum import IntEnum
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Urgency(IntEnum):
    """By how many seconds something more urgent may have come later and still go first."""

    ASKED = 0
    """By people, or by a turn of the roll-out."""
    TOLD = 10
    """By a watch, a bell or the clock."""
    COMMON = 60
    """By a step of the roll-out that everybody's status tells: COMMON_AT_ONCE at a time."""


COMMON_AT_ONCE = 2
"""Thousands that write at full speed leave the API server no room for what somebody waits for."""


class Agenda(Generic[K]):
    def __init__(self) -> None:
        self._lines: dict[Urgency, OrderedDict[K, float]] = {urgency: OrderedDict() for urgency in Urgency}
        """With the moment since when each is due: the first to come is the first to go."""
        self._later: list[tuple[float, int, K]] = []
        self._times: dict[K, float] = {}
        """The moment that counts of each key in `_later`; entries of other moments are stale and skipped."""
        self._working: dict[K, float] = {}
        self._common: set[K] = set()
        """Of those that are worked on."""
        self._again: dict[K, Urgency] = {}
        self._count = 0

    def add(self, key: K, now: float, at: float | None = None, urgency: Urgency = Urgency.TOLD) -> None:
        """Due at `at`, or at once. The earliest of several wishes counts, and the greatest urgency."""
        if at is not None and at > now:
            self._postpone(key, at)
        elif key in self._working:
            self._again[key] = min(urgency, self._again.get(key, urgency))
        else:
            self._times.pop(key, None)
            self._stand(key, now, urgency)

    def take(self, now: float) -> tuple[K, float] | None:
        """The key whose turn it is, and since when it is due. Answer with `done`."""
        self._promote(now)
        full = Urgency.COMMON if len(self._common) >= COMMON_AT_ONCE else None
        firsts = [(since + urgency, urgency) for urgency, since in self._firsts() if urgency is not full]
        if not firsts:
            return None
        _, urgency = min(firsts)
        key, since = self._lines[urgency].popitem(last=False)
        self._working[key] = now
        if urgency is Urgency.COMMON:
            self._common.add(key)
        return key, since

    def done(self, key: K, now: float) -> None:
        del self._working[key]
        self._common.discard(key)
        if (urgency := self._again.pop(key, None)) is not None:
            self.add(key, now, urgency=urgency)

    def next_at(self) -> float | None:
        """When the next waiting key becomes due, if none is due now."""
        while self._later and self._times.get(self._later[0][2]) != self._later[0][0]:
            heapq.heappop(self._later)
        return self._later[0][0] if self._later else None

    @property
    def due(self) -> int:
        return sum(len(line) for line in self._lines.values())

    @property
    def working(self) -> int:
        return len(self._working)

    def oldest(self, now: float) -> float:
        """For how many seconds the worst key has been due or worked on."""
        return now - min([now, *(since for _, since in self._firsts()), *self._working.values()])

    def _firsts(self) -> list[tuple[Urgency, float]]:
        return [(urgency, next(iter(line.values()))) for urgency, line in self._lines.items() if line]

    def _standing(self, key: K) -> Urgency | None:
        return next((urgency for urgency, line in self._lines.items() if key in line), None)

    def _stand(self, key: K, since: float, urgency: Urgency) -> None:
        before = self._standing(key)
        if before is None:
            self._lines[urgency][key] = since
        elif urgency < before:
            self._lines[urgency][key] = self._lines[before].pop(key)

    def _postpone(self, key: K, at: float) -> None:
        if self._standing(key) is not None or self._times.get(key, at + 1.0) <= at:
            return
        self._times[key] = at
        self._count += 1
        heapq.heappush(self._later, (at, self._count, key))

    def _promote(self, now: float) -> None:
        while (at := self.next_at()) is not None and at <= now:
            _, _, key = heapq.heappop(self._later)
            del self._times[key]
            if key in self._working:
                self._again.setdefault(key, Urgency.TOLD)
            else:
                self._stand(key, at, Urgency.TOLD)
