"""Proves every five seconds that this session still owns its connection; without proof for 20 seconds it gives up.

The lease runs on the monotonic clock, so a process that was stopped (SIGSTOP, a frozen node) knows when it wakes that
it is too late, before it sends anything: whoever sends asks `held` first.
"""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import asyncpg

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.session_states import ExitCode, SessionState
from recado_session.database import UnavailableError
from recado_session.ending import Haste, SessionEnd
from recado_session.session_api import Answer, SessionApi

log = logger(__name__)

HEARTBEAT_SECONDS = 5.0
LEASE_SECONDS = 20.0
RETRY_SECONDS = 1.0
NOTHING_WANTED = Answer()


class Lease:
    """`stored` is called when a new state is in the database."""

    def __init__(
        self,
        api: SessionApi,
        clock: Clock,
        metrics: Callable[[], dict[str, Any]],
        answer: Answer = NOTHING_WANTED,
        stored: Callable[[], None] = lambda: None,
    ) -> None:
        self._api = api
        self._clock = clock
        self._metrics = metrics
        self._proved_at = clock.monotonic()
        self._changed = asyncio.Event()
        self._state: SessionState = "starting"
        self._reason = "starting"
        self._known = ("", "")
        self._stored = stored
        self.logout_wanted = asyncio.Event()
        self._heed(answer)

    @property
    def held(self) -> bool:
        return self._clock.monotonic() - self._proved_at < LEASE_SECONDS

    def tell(self, state: SessionState, reason: str) -> None:
        """A change of state is stored at once, not with the next beat."""
        self._state, self._reason = state, reason
        self._changed.set()

    def ask(self) -> None:
        """Somebody wants something: heard now, not with the next beat."""
        self._changed.set()

    async def run(self) -> None:
        """Raises SessionEnd when the lease is lost, FencedError when somebody else has it. Never returns."""
        while True:
            self._changed.clear()
            proved = await self.renew()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HEARTBEAT_SECONDS if proved else RETRY_SECONDS):
                    await self._changed.wait()

    async def renew(self) -> bool:
        """One heartbeat; False when PostgreSQL did not answer. A lost lease is not renewed: others may act on it."""
        if not self.held:
            raise SessionEnd("failed", "lease_lost", ExitCode.TRY_AGAIN, Haste.HURRIED)
        sent_at, state, reason = self._clock.monotonic(), self._state, self._reason
        try:
            answer = await self._api.heartbeat(state, reason, self._metrics())
        except (UnavailableError, asyncpg.PostgresError) as error:
            log.warning("heartbeat failed", problem=str(error))
            return False
        self._proved_at = sent_at
        if (state, reason) != self._known:
            self._known = (state, reason)
            self._stored()
        self._heed(answer)
        return True

    def _heed(self, answer: Answer) -> None:
        self.answer = answer
        if answer.logout_requested:
            self.logout_wanted.set()
