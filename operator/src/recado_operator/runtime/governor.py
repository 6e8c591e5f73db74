"""How fast new pods come, whatever the wish: a burst at once, then so many a second, each wish in its turn."""

from collections.abc import Hashable

from recado_core.clock import Clock
from recado_operator.runtime.bucket import TokenBucket


class Governor:
    def __init__(self, clock: Clock, per_second: float, burst: int) -> None:
        self._clock = clock
        self._bucket = TokenBucket(clock, per_second, burst)
        self._turns: dict[Hashable, float] = {}

    def wait(self, key: Hashable) -> float:
        """0 when `key` may go now; else the seconds until its turn, which it keeps. Gone, it has to wait anew."""
        now = self._clock.monotonic()
        turn = self._turns.get(key)
        if turn is None:
            turn = now + (self._bucket.reserve() or 0.0)
        if turn > now:
            self._turns[key] = turn
            return turn - now
        self._turns.pop(key, None)
        return 0.0

    @property
    def waiting(self) -> int:
        return len(self._turns)
