"""Messages whose fate is not known: what a process that died left behind, and sends without an answer.

Never a blind retry. The engine writes down each attempt before anything leaves, so "never attempted" is certain and
goes back to the queue. Everything else waits for a receipt or an echo, which the projection sees; when none came after
some time online, the row becomes `unknown` and a person decides.
"""

import asyncio
from uuid import UUID

from recado_core.clock import Clock
from recado_core.log import logger
from recado_session.database import patiently
from recado_session.gateway import WhatsAppGateway
from recado_session.reports import Reports
from recado_session.session_api import Report, SessionApi, Unresolved

log = logger(__name__)

TICK_SECONDS = 1.0


class Recovery:
    def __init__(
        self, api: SessionApi, gateway: WhatsAppGateway, reports: Reports, clock: Clock, seconds: float
    ) -> None:
        self._api = api
        self._gateway = gateway
        self._reports = reports
        self._clock = clock
        self._seconds = seconds
        self._waiting: dict[UUID, float] = {}

    async def resolve(self) -> None:
        """At the start, before anything is claimed."""
        rows = await patiently(self._api.unresolved)
        for row in rows:
            await self._resolve(row)
        if rows:
            log.info("unresolved messages of an earlier session", rows=len(rows))

    async def settle(self, outbox_id: UUID, attempt_key: bytes, reason: str) -> None:
        """After an attempt whose outcome nobody told: certainly not sent, or uncertain under a known id."""
        wa_id = await patiently(lambda: self._gateway.find_attempt(attempt_key))
        if wa_id is None:
            await self._reports.store(Report(outbox_id, "not_sent", self._clock.now(), None, reason))
            return
        await self._reports.store(Report(outbox_id, "uncertain", self._clock.now(), wa_id, reason))
        self._waiting[outbox_id] = self._seconds

    async def run(self) -> None:
        """Never returns. Time counts only while online: offline, no receipt can come."""
        before = self._clock.monotonic()
        while True:
            await asyncio.sleep(min(TICK_SECONDS, max(0.01, self._seconds / 4)))
            now = self._clock.monotonic()
            if self._gateway.state == "online":
                await self._pass(now - before)
            before = now

    async def _pass(self, elapsed: float) -> None:
        for outbox_id, left in list(self._waiting.items()):
            if left > elapsed:
                self._waiting[outbox_id] = left - elapsed
            else:
                del self._waiting[outbox_id]
                await self._reports.store(Report(outbox_id, "unknown", self._clock.now(), None, "no_receipt"))

    async def _resolve(self, row: Unresolved) -> None:
        if row.state == "unconfirmed":  # the earlier session has reported it: only the waiting goes on
            self._waiting[row.outbox_id] = self._seconds
        else:
            await self.settle(row.outbox_id, row.attempt_key, "session_ended")
