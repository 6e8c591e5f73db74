"""Something that goes on beside a test."""

import threading
from abc import ABC, abstractmethod
from typing import Self


class Background(ABC):
    """Use as a context manager: inside, `_work` runs in a thread of its own. It returns soon after `_ended` is set."""

    def __init__(self, name: str, last_seconds: float | None = None) -> None:
        """`last_seconds` is how long its end is awaited; without it, until it comes."""
        self._ended = threading.Event()
        self._last_seconds = last_seconds
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(self._last_seconds)

    @abstractmethod
    def _work(self) -> None: ...
