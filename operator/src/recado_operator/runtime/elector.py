"""Leader election over a Lease, as client-go does it, a little quicker: 12 s lease, 8 s to renew it, a try every 2 s.

With client-go's 15 s a leader killed just after it renewed is followed after 17 and more: a follower counts from when
it sees the renewal, up to one look later, and looks again up to one look after the end. Ours looks every second and
at the very end, so that 13.5 s is the longest.

Only differences of our own monotonic clock count: a foreign lease has expired when we have not seen it change for its
duration, whatever time it tells. Two leaders at once are possible for a moment when a process is frozen, and
harmless: every step of the work is a compare-and-set.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from recado_core.clock import Clock
from recado_core.errors import RecadoError
from recado_core.log import logger
from recado_kubernetes.errors import ConflictError
from recado_operator.runtime import metrics

LEASE_SECONDS = 12.0
RENEW_SECONDS = 8.0
RETRY_SECONDS = 2.0
LOOK_SECONDS = 1.0
"""How often a follower looks."""
JITTER = 0.2
MARGIN_SECONDS = 0.05
"""After the end of a lease, so that it is over for certain."""

Sleep = Callable[[float], Awaitable[None]]

log = logger(__name__)


class LeaseRecord(Struct, frozen=True, kw_only=True):
    holder: str
    """Empty: released."""
    seconds: float
    acquired: datetime | None = None
    renewed: datetime | None = None
    transitions: int = 0
    version: str = ""
    """What the compare-and-set compares; empty for a lease that does not exist yet."""


class LeaseStore(Protocol):
    async def read(self) -> LeaseRecord | None: ...

    async def write(self, record: LeaseRecord) -> LeaseRecord:
        """Creates or replaces what has `record.version`. Raises ConflictError when somebody was faster."""
        ...


class LeadershipLostError(RecadoError):
    """Somebody else may lead by now: end the process at once."""

    code = "leadership_lost"


class Elector:
    def __init__(self, store: LeaseStore, clock: Clock, identity: str, sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._clock = clock
        self._identity = identity
        self._sleep = sleep
        self._seen: LeaseRecord | None = None
        self._seen_at = 0.0
        self._renewed_at: float | None = None

    @property
    def leading(self) -> bool:
        return self._renewed_at is not None and self._clock.monotonic() - self._renewed_at < LEASE_SECONDS

    async def acquire(self) -> None:
        """Returns when we lead."""
        while not await self._try():
            await self._sleep(self._until_next_look())
        log.info("leading", identity=self._identity)
        metrics.LEADER.set(1)

    async def hold(self) -> None:
        """Renews until that has failed for 10 seconds; then raises LeadershipLostError."""
        while True:
            await self._sleep(RETRY_SECONDS)
            await self._try()
            if self._renewed_at is None or self._clock.monotonic() - self._renewed_at > RENEW_SECONDS:
                raise LeadershipLostError(f"The lease could not be renewed for {RENEW_SECONDS:.0f} seconds")

    async def release(self) -> None:
        """So that the next leader need not wait: it finds a lease without a holder."""
        metrics.LEADER.set(0)
        if not self.leading or self._seen is None:
            return
        self._renewed_at = None
        gone = LeaseRecord(holder="", seconds=1.0, transitions=self._seen.transitions, version=self._seen.version)
        try:
            await self._store.write(gone)
        except Exception as error:  # noqa: BLE001 - it expires by itself
            log.info("lease not released", problem=repr(error))

    def _until_next_look(self) -> float:
        usual = LOOK_SECONDS * (1.0 + JITTER * random.random())  # noqa: S311 - spreads, no secret
        if self._seen is None:
            return usual
        left = self._seen_at + self._seen.seconds - self._clock.monotonic()
        return min(usual, left + MARGIN_SECONDS) if left > 0 else usual

    async def _try(self) -> bool:
        try:
            async with asyncio.timeout(RETRY_SECONDS * 2):
                return await self._acquire_or_renew()
        except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again
            log.warning("lease not renewed", problem=repr(error))
            return False

    async def _acquire_or_renew(self) -> bool:
        now, asked = self._clock.now(), self._clock.monotonic()
        found = self._seen if self.leading and self._seen else await self._look()
        if found and not self._may_take(found):
            self._renewed_at = None
            return False
        try:
            self._seen = await self._store.write(self._record(found, now))
        except ConflictError:
            self._seen = None  # look, next time, who it was
            return False
        self._seen_at = self._clock.monotonic()
        self._renewed_at = asked
        return True

    async def _look(self) -> LeaseRecord | None:
        found = await self._store.read()
        if found != self._seen:
            self._seen, self._seen_at = found, self._clock.monotonic()
        return found

    def _may_take(self, found: LeaseRecord) -> bool:
        expired = self._clock.monotonic() - self._seen_at > found.seconds
        return found.holder in {"", self._identity} or expired

    def _record(self, found: LeaseRecord | None, now: datetime) -> LeaseRecord:
        ours = found is not None and found.holder == self._identity
        return LeaseRecord(
            holder=self._identity,
            seconds=LEASE_SECONDS,
            acquired=found.acquired if found and ours else now,
            renewed=now,
            transitions=(found.transitions + (0 if ours else 1)) if found else 0,
            version=found.version if found else "",
        )
