"""Waits for the world to be as a test says, and says what it was instead when it is not."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
PAUSE_SECONDS = 0.05


def wait_for(what: str, look: Callable[[], Result | None], seconds: float = 30.0) -> Result:
    """The first truthy answer of `look`. Raises AssertionError after `seconds` with the last answer."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}; last seen: {seen!r}"
        time.sleep(PAUSE_SECONDS)
    return seen
