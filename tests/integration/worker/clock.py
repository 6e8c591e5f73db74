"""A clock for the domain that a test can move."""

from datetime import UTC, datetime, timedelta


class Ahead:
    def __init__(self) -> None:
        self.by = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def monotonic(self) -> float:
        raise AssertionError("Units of work ask for the time of day only")
