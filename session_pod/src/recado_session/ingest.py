"""Carries events from the journal to PostgreSQL, in order, and acknowledges them when they are stored.

A batch is repeated until it is stored: its events have keys, so storing them twice stores them once.
"""

import asyncio
import contextlib
from collections.abc import Sequence

import asyncpg

from recado_core.log import logger
from recado_session.bells import Bells
from recado_session.database import UnavailableError
from recado_session.gateway import Inbound, WhatsAppGateway
from recado_session.metrics import Metrics
from recado_session.session_api import SessionApi

log = logger(__name__)

RETRY_SECONDS = 0.5


class Ingest:
    def __init__(self, api: SessionApi, gateway: WhatsAppGateway, bells: Bells, metrics: Metrics) -> None:
        self._api = api
        self._gateway = gateway
        self._bells = bells
        self._metrics = metrics

    async def run(self) -> None:
        """Never returns; raises FencedError."""
        async for batch in self._gateway.events():
            await self._store(batch)

    async def flush(self, seconds: float) -> None:
        """Stores what is there, for the orderly end. What cannot be stored in time stays in the journal."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._metrics.journal_depth():
                    await self._store(await anext(self._gateway.events()))
        if left := self._metrics.journal_depth():
            log.error("events stay in the journal until the next start", events=left)

    async def _store(self, batch: Sequence[Inbound]) -> None:
        while True:
            try:
                stored = await self._api.ingest(batch)
            except (UnavailableError, asyncpg.PostgresError) as error:
                log.warning("ingest failed, trying again", events=len(batch), problem=str(error))
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self._gateway.ack(batch[-1].journal_seq)
            self._metrics.ingested.inc(stored)
            self._bells.ring_inbox()
            return
