"""Puts the operator together and runs it: stand by, lead, work, and leave the lease behind for the next.

A standby does nothing but try for the lease; a leader first lists the world and only then begins to work. Whatever
task ends takes the process down, and the lease lets the next one go on where this one stopped.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from recado_core.clock import SystemClock
from recado_core.tasks import run_guarded
from recado_kubernetes.access import configuration, own_namespace
from recado_kubernetes.client import KubernetesClient
from recado_operator.kubernetes.definitions import refuse_older_definitions
from recado_operator.kubernetes.lease import KubernetesLease
from recado_operator.leader import Leader
from recado_operator.runtime.elector import Elector
from recado_operator.runtime.health import HealthServer
from recado_operator.runtime.stopping import Stopping
from recado_operator.settings import Settings

FIELD_MANAGER = "recado-operator"
LONGEST_FAREWELL = 2.0
"""Seconds until the lease is released although something of us still runs; nothing that it might write does harm."""


async def run_until_stopped(settings: Settings) -> None:
    """Raises ConfigurationError, and LeadershipLostError when the process must end at once."""
    stopping = Stopping()
    stopping.listen()
    access = await configuration()
    own = settings.operator.namespace or own_namespace()
    async with KubernetesClient(access, FIELD_MANAGER) as client:
        await refuse_older_definitions(client)
        elector = Elector(KubernetesLease(client, own), SystemClock(), settings.operator.name())
        leader = Leader(settings, client, access, own)
        async with _health(settings, leader):
            await _run(elector, leader, stopping)


async def _run(elector: Elector, leader: Leader, stopping: Stopping) -> None:
    running = asyncio.create_task(_stand_by_and_lead(elector, leader, stopping))
    waiting = asyncio.create_task(stopping.wanted.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=LONGEST_FAREWELL)
        await elector.release()
        return
    running.result()


async def _stand_by_and_lead(elector: Elector, leader: Leader, stopping: Stopping) -> None:
    await elector.acquire()
    await run_guarded({"lease": elector.hold(), "lead": leader.run(stopping.listen)})


@contextlib.asynccontextmanager
async def _health(settings: Settings, leader: Leader) -> AsyncIterator[None]:
    observability = settings.observability
    if not observability.metrics_port:
        yield
        return
    server = HealthServer(alive=leader.complaints, ready=leader.hindrances, measure=leader.measure)
    async with server.listening(observability.metrics_host, observability.metrics_port):
        yield
