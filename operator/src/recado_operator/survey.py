"""Asks for a number of each lease, now and then: repairs what no bell told, and hears by it that sessions live.

The numbers of five thousand sessions are one query and some milliseconds. At rest none has changed, so nothing else of
their rows is fetched, decoded or kept; what a changed one says is read when its key's turn comes.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from recado_core.clock import Clock
from recado_operator.plan.running import STALE_SECONDS
from recado_operator.ports import Leases

LONGEST_BLIND_SECONDS = 25.0
"""After a longer gap between two surveys, heartbeats are listened to afresh before anybody is called silent."""


class Survey:
    def __init__(self, leases: Leases, clock: Clock) -> None:
        self._leases = leases
        self._clock = clock
        self._seen: Mapping[UUID, int] = {}
        self._last = clock.monotonic()
        self._since = self._last

    async def changed(self) -> list[UUID]:
        """The connections whose lease tells something new, fell silent since the last time, or is gone."""
        now = await self._leases.fingerprints(timedelta(seconds=STALE_SECONDS))
        self._listen()
        before, self._seen = self._seen, now
        news = [key for key, fingerprint in now.items() if before.get(key) != fingerprint]
        return [*news, *(before.keys() - now.keys())]

    def keys(self) -> Collection[UUID]:
        """As of the last time."""
        return self._seen.keys()

    def listened(self) -> float:
        """For how many seconds heartbeats could be seen without a break."""
        now = self._clock.monotonic()
        return 0.0 if now - self._last > LONGEST_BLIND_SECONDS else now - self._since

    def _listen(self) -> None:
        now = self._clock.monotonic()
        if now - self._last > LONGEST_BLIND_SECONDS:
            self._since = now
        self._last = now
