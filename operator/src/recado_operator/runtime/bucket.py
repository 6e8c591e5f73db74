"""A token bucket: how many pods may be created a second, however many are wanted at once."""

import asyncio

from recado_core.clock import Clock


class TokenBucket:
    def __init__(self, clock: Clock, per_second: float, burst: int) -> None:
        self._clock = clock
        self._per_second = per_second
        self._burst = float(burst)
        self._tokens = float(burst)
        self._at = clock.monotonic()

    def try_take(self) -> bool:
        return self.reserve(longest=0.0) is not None

    def reserve(self, longest: float = float("inf")) -> float | None:
        """Takes a token, on credit if need be; answers in how many seconds it is good, None when in over `longest`."""
        now = self._clock.monotonic()
        tokens = min(self._burst, self._tokens + (now - self._at) * self._per_second)
        self._at, self._tokens = now, tokens
        wait = max(0.0, (1.0 - tokens) / self._per_second)
        if wait > longest:
            return None
        self._tokens = tokens - 1.0
        return wait

    async def take(self) -> None:
        if wait := self.reserve():
            await asyncio.sleep(wait)
