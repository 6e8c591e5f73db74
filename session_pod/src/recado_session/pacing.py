"""How fast a number may speak. One session owns the number, so the bucket lives in its memory."""

from recado_core.clock import Clock


class TokenBucket:
    """At most `limit` messages in any `seconds` at a steady pace, starting full; `limit=0` means no limit."""

    def __init__(self, limit: int, seconds: float, clock: Clock) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._tokens = float(limit)
        self._at = clock.monotonic()

    @property
    def limited(self) -> bool:
        return self._limit > 0

    def delay(self) -> float:
        """Seconds until one message may go; 0 means now."""
        if not self._limit:
            return 0.0
        self._refill()
        return max(0.0, (1.0 - self._tokens) * self._seconds / self._limit)

    def take(self) -> None:
        """One message goes. Call when `delay` is 0."""
        if self._limit:
            self._refill()
            self._tokens -= 1.0

    def _refill(self) -> None:
        now = self._clock.monotonic()
        self._tokens = min(self._limit, self._tokens + (now - self._at) * self._limit / self._seconds)
        self._at = now
