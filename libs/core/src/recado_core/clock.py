"""Time is handed in, never taken: rules and loops ask a `Clock`, so that tests decide what time it is."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The wall clock, aware, in UTC: for what people read."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back: for time-outs and self-fencing."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
