"""How long to wait before the next attempt. Pure: the caller sleeps, so tests need not."""

import random

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 1.0
"""Short, for what we wait for (Redis, PostgreSQL) comes back at once or is somebody's emergency already."""


class Backoff:
    """Doubles from `first` to `longest`, each less up to a quarter, so that many workers do not come back as one."""

    def __init__(self, first: float = FIRST_SECONDS, longest: float = LONGEST_SECONDS) -> None:
        self._first = first
        self._longest = longest
        self._failures = 0

    def failed(self) -> float:
        """Notes a failure; the seconds to wait."""
        seconds = min(self._longest, self._first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return seconds * random.uniform(0.75, 1.0)  # noqa: S311 - spreads load, guards nothing

    def succeeded(self) -> bool:
        """Notes a success; True when it ends a series of failures."""
        recovered = self._failures > 0
        self._failures = 0
        return recovered
