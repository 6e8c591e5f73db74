"""Puts the worker together and takes it apart again.

Order of the end: no new bells, SAQ finishes what it runs, frames that wait are tried once more. What is left after that
is in PostgreSQL, where the next worker finds it.
"""

import asyncio
import signal
from contextlib import AsyncExitStack, suppress

from recado_core.clock import SystemClock
from recado_core.log import logger
from recado_core.metrics import listening
from recado_core.tasks import run_guarded
from recado_domain.engine import create_engine
from recado_domain.unit_of_work import Database
from recado_worker import reporting
from recado_worker.classes import TAKE, Tools
from recado_worker.jobs import HANDLERS, Ledger
from recado_worker.publisher import Publisher
from recado_worker.settings import WorkerSettings
from recado_worker.sweepers import Schedule, measurer, sweep_for_ever

log = logger(__name__)

FAREWELL_SECONDS = 2.0


def start(settings: WorkerSettings) -> None:
    """Blocks until SIGTERM or SIGINT. Raises ConfigurationError when the port of the metrics is in use."""
    reporting.configure(settings.observability)
    with listening(settings.observability):
        asyncio.run(run_until_stopped(settings))


async def run_until_stopped(settings: WorkerSettings) -> None:
    """Ends well on SIGTERM or SIGINT. Raises when one of its parts ends, which none should."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    working = asyncio.create_task(run(settings))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not working.done():
        log.info("stopping")
        working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def run(settings: WorkerSettings) -> None:
    """For ever; cancel it to end it in order."""
    concurrency, classes = settings.queue.concurrency, settings.queue.taken()
    async with AsyncExitStack() as stack:
        publisher = Publisher(settings.redis)
        publishing = asyncio.create_task(publisher.run())
        stack.push_async_callback(_farewell, publisher, publishing)
        engine = create_engine(settings.database, application="recado-worker", pool_size=concurrency * len(classes) + 2)
        stack.push_async_callback(engine.dispose)
        database = Database(engine, broadcaster=publisher, doorbell=publisher)
        ledger = Ledger(database, HANDLERS)
        tools = Tools(settings.redis, concurrency, database, publisher, ledger, stack)
        taken = [TAKE[one](tools) for one in classes]
        parts = {name: part for one in taken for name, part in one.parts.items()}
        sweepers = [measurer(ledger.measure), *(sweeper for one in taken for sweeper in one.sweepers)]
        log.info("working", classes=classes, concurrency=concurrency)
        await run_guarded(
            {
                **parts,
                "sweepers": sweep_for_ever(Schedule(sweepers, SystemClock())),
                "publisher": _watch(publishing),
            }
        )


async def _watch(task: asyncio.Task[None]) -> None:
    """Ends when `task` does, and leaves it alone when cancelled."""
    await asyncio.shield(task)


async def _farewell(publisher: Publisher, publishing: asyncio.Task[None]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL_SECONDS):
            await publisher.drain()
    publishing.cancel()
    with suppress(asyncio.CancelledError):
        await publishing
