"""Which keys wait for their time, which are due, and which are worked on. Pure bookkeeping, told what time it is.

A key stands in it once, however often it is added: that is what turns a storm of events into one look at each
object. While a key is worked on it is not handed out again; what is added meanwhile comes after.
"""

import heapq
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Agenda(Generic[K]):
    def __init__(self) -> None:
        self._due: OrderedDict[K, float] = OrderedDict()
        """With the moment since when each is due: the first to come is the first to go."""
        self._later: list[tuple[float, int, K]] = []
        self._times: dict[K, float] = {}
        """The moment that counts of each key in `_later`; entries of other moments are stale and skipped."""
        self._working: dict[K, float] = {}
        self._again: set[K] = set()
        self._count = 0

    def add(self, key: K, now: float, at: float | None = None) -> None:
        """Due at `at`, or at once. The earliest of several wishes counts."""
        if at is not None and at > now:
            self._postpone(key, at)
        elif key in self._working:
            self._again.add(key)
        else:
            self._times.pop(key, None)
            self._due.setdefault(key, now)

    def take(self, now: float) -> tuple[K, float] | None:
        """The key that is due for longest, and since when it is. Answer with `done`."""
        self._promote(now)
        if not self._due:
            return None
        key, since = self._due.popitem(last=False)
        self._working[key] = now
        return key, since

    def done(self, key: K, now: float) -> None:
        del self._working[key]
        if key in self._again:
            self._again.discard(key)
            self.add(key, now)

    def next_at(self) -> float | None:
        """When the next waiting key becomes due, if none is due now."""
        while self._later and self._times.get(self._later[0][2]) != self._later[0][0]:
            heapq.heappop(self._later)
        return self._later[0][0] if self._later else None

    @property
    def due(self) -> int:
        return len(self._due)

    @property
    def working(self) -> int:
        return len(self._working)

    def oldest(self, now: float) -> float:
        """For how many seconds the worst key has been due or worked on."""
        first = next(iter(self._due.values()), now)
        return now - min(first, *self._working.values(), now)

    def _postpone(self, key: K, at: float) -> None:
        if key in self._due or self._times.get(key, at + 1.0) <= at:
            return
        self._times[key] = at
        self._count += 1
        heapq.heappush(self._later, (at, self._count, key))

    def _promote(self, now: float) -> None:
        while (at := self.next_at()) is not None and at <= now:
            _, _, key = heapq.heappop(self._later)
            del self._times[key]
            if key in self._working:
                self._again.add(key)
            else:
                self._due.setdefault(key, at)
