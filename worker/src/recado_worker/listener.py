"""Finds out that there is work: by the doorbell within a millisecond, by asking PostgreSQL each second in any case."""

import asyncio

from recado_core import bells
from recado_core.log import logger
from recado_core.settings import RedisSettings
from recado_domain.inbox.queries import oldest_waiting_seconds, pending_connections
from recado_domain.unit_of_work import Database
from recado_worker import metrics
from recado_worker.backoff import Backoff
from recado_worker.dispatcher import Dispatcher
from recado_worker.redis_clients import follow

log = logger(__name__)

LOOK_SECONDS = 1.0


async def listen(settings: RedisSettings, dispatcher: Dispatcher) -> None:
    """For ever."""
    async for payload in follow(settings, bells.INBOX):
        try:
            door = bells.parse_inbox_payload(payload)
        except ValueError:
            log.warning("a bell that nobody of ours rang", channel=bells.INBOX)
            continue
        await dispatcher.heard(door)


async def look(database: Database, dispatcher: Dispatcher) -> None:
    """For ever; while PostgreSQL is away it keeps asking."""
    backoff = Backoff()
    while True:
        try:
            async with database.system() as work:
                waiting = await pending_connections(work)
                metrics.OLDEST.set(await oldest_waiting_seconds(work) if waiting else 0)
            await dispatcher.looked(waiting)
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look is the repair
            pause = backoff.failed()
            log.warning("cannot look into the inbox", error=type(error).__name__)
            await asyncio.sleep(pause)
            continue
        if backoff.succeeded():
            log.info("looking into the inbox again")
        await asyncio.sleep(LOOK_SECONDS)
