"""Reads all leases at once, now and then: repairs what no bell told, and is the ear that heartbeats are heard with.

The rows of five thousand sessions are one query and some milliseconds; asking for each by itself would be thousands.
"""

from collections.abc import Collection
from uuid import UUID

from msgspec.structs import replace

from recado_core.clock import Clock
from recado_operator.plan.running import STALE_SECONDS
from recado_operator.ports import Leases
from recado_operator.world import ObservedSession

LONGEST_BLIND_SECONDS = 25.0
"""After a longer gap between two surveys, heartbeats are listened to afresh before anybody is called silent."""


class Survey:
    def __init__(self, leases: Leases, clock: Clock) -> None:
        self._leases = leases
        self._clock = clock
        self._seen: dict[UUID, ObservedSession] = {}
        self._last = clock.monotonic()
        self._since = self._last

    async def changed(self) -> list[UUID]:
        """The connections whose lease tells something new, fell silent since the last time, or is gone."""
        rows = {row.connection_id: row for row in await self._leases.list()}
        self._listen()
        before, self._seen = self._seen, rows
        news = [key for key, row in rows.items() if key not in before or _differs(before[key], row)]
        return [*news, *(key for key in before if key not in rows)]

    def keys(self) -> Collection[UUID]:
        return self._seen.keys()

    def seen(self, key: UUID) -> ObservedSession | None:
        """As of the last time."""
        return self._seen.get(key)

    def listened(self) -> float:
        """For how many seconds heartbeats could be seen without a break."""
        now = self._clock.monotonic()
        return 0.0 if now - self._last > LONGEST_BLIND_SECONDS else now - self._since

    def _listen(self) -> None:
        now = self._clock.monotonic()
        if now - self._last > LONGEST_BLIND_SECONDS:
            self._since = now
        self._last = now


def _differs(before: ObservedSession, now: ObservedSession) -> bool:
    same_but_older = replace(before, heartbeat_age_seconds=now.heartbeat_age_seconds)
    return _silent(before) != _silent(now) or same_but_older != now


def _silent(seen: ObservedSession) -> bool:
    return seen.heartbeat_age_seconds is not None and seen.heartbeat_age_seconds > STALE_SECONDS
