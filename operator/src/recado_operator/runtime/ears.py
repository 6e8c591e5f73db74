"""Tells a watch that lives from one that is opened again and again and brings nothing.

What stands between us and the API server may take every watch and pass nothing on. Each is given up as silent, well
before the API server would have ended it, and opened anew from where it already stood: that is no sign of life.

And it tells which watch follows a list of its own: what went away between that list and whatever was known before is
told by nobody.
"""

from msgspec import Struct

from recado_core.clock import Clock


class _Opened(Struct, frozen=True):
    at: float
    version: str


class Ears:
    """`lifetime`: after so many seconds the API server ends a watch by itself."""

    def __init__(self, clock: Clock, lifetime: float) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._opened: dict[str, _Opened] = {}
        self._listed: set[str] = set()

    def opened(self, watch: str, version: str) -> bool:
        """`watch` is opened from resourceVersion `version`; answers whether that says the one before it lived."""
        before, now = self._opened.get(watch), self._clock.monotonic()
        self._opened[watch] = _Opened(now, version)
        return before is None or before.version != version or now - before.at >= self._lifetime

    def listed(self, watch: str) -> None:
        """What `watch` is about to follow was listed."""
        self._listed.add(watch)

    def has_gap(self, watch: str) -> bool:
        """Asked once when `watch` is opened: whether it follows a list."""
        gap = watch in self._listed
        self._listed.discard(watch)
        return gap
