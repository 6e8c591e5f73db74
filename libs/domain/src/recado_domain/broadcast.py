"""The way to browsers, as the domain sees it. Emitting is a hint: the event log is the truth, so a lost frame costs a
browser one request for what it missed.
"""

from typing import Any, Protocol

import msgspec


class Frame(msgspec.Struct, frozen=True):
    """What happened to a stream between `prev` (exclusive) and `seq` (inclusive), in order, nothing left out."""

    stream: str
    prev: int
    seq: int
    events: list[dict[str, Any]]


class Broadcaster(Protocol):
    async def emit(self, company_id: int, frame: Frame) -> None: ...


class SilentBroadcaster:
    """For processes and tests without browsers."""

    async def emit(self, company_id: int, frame: Frame) -> None:
        """Nobody listens; whoever asks for events later finds them in the log."""
