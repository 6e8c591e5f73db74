"""Puts the operator together and runs it: stand by, lead, work, and leave the lease behind for the next.

A standby does nothing but try for the lease; a leader first lists the world and only then begins to work. Whatever
task ends takes the process down, and the lease lets the next one go on where this one stopped.
"""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine

from recado_core.clock import SystemClock
from recado_core.log import logger
from recado_core.tasks import run_guarded
from recado_kubernetes.access import configuration, own_namespace
from recado_kubernetes.client import KubernetesClient
from recado_operator.kubernetes.lease import KubernetesLease
from recado_operator.leader import Leader
from recado_operator.runtime.elector import Elector
from recado_operator.runtime.health import HealthServer
from recado_operator.settings import Settings

FIELD_MANAGER = "recado-operator"
LOOP_SECONDS = 0.5
LONGEST_LAG = 5.0

log = logger(__name__)


async def run_until_stopped(settings: Settings) -> None:
    """Raises ConfigurationError, and LeadershipLostError when the process must end at once."""
    stop = _stop_event()
    access = await configuration()
    own = settings.operator.namespace or own_namespace()
    async with KubernetesClient(access, FIELD_MANAGER) as client:
        elector = Elector(KubernetesLease(client, own), SystemClock(), settings.operator.name())
        leader = Leader(settings, client, access, settings.operator.namespaces(own))
        async with _health(settings, leader):
            try:
                await _until(stop, _stand_by_and_lead(elector, leader, stop))
            finally:
                await elector.release()


async def _stand_by_and_lead(elector: Elector, leader: Leader, stop: asyncio.Event) -> None:
    await elector.acquire()
    await run_guarded({"lease": elector.hold(), "lead": leader.run(stop)})


async def _until(stop: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Runs `work` until `stop` is set, then cancels it; what ends it before is raised."""
    running = asyncio.create_task(work)
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        if running.done():
            running.result()
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@contextlib.asynccontextmanager
async def _health(settings: Settings, leader: Leader) -> AsyncIterator[None]:
    observability = settings.observability
    if not observability.metrics_port:
        yield
        return
    server = HealthServer(alive=leader.complaints, ready=leader.hindrances, measure=leader.measure)
    async with server.listening(observability.metrics_host, observability.metrics_port):
        yield


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    for received in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(received, stop.set)
    return stop
