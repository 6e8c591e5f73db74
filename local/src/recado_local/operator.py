"""`python -m recado_local.operator`: the operator of one machine. The same planner as in a cluster, with a folder of
manifests for the API server and child processes for pods.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from recado_core.clock import SystemClock
from recado_core.errors import ConfigurationError
from recado_core.log import configure, logger
from recado_core.session_states import ExitCode
from recado_core.settings import DatabaseSettings, ObservabilitySettings, RedisSettings, Setting, load
from recado_local.layout import Layout
from recado_local.resources.declarations import FolderDeclarations, NoPolicies, NoSecrets
from recado_local.resources.folder import FolderResources
from recado_local.sessions import ProcessSessions
from recado_operator.bells import RedisBells
from recado_operator.carrying import Ports
from recado_operator.database import LeaseDatabase, role_name
from recado_operator.ports import SessionOrder
from recado_operator.reconcile import Reconciler

LONGEST_WAIT = 1.0
AFTER_ERROR = 1.0
STOP_GRACE = 20.0

SESSION_SETTINGS = {
    "NEONIZE_BOT_TAG": "off",
    "GOMEMLIMIT": "64MiB",
    "GOGC": "50",
    "GOMAXPROCS": "2",
    "MALLOC_ARENA_MAX": "2",
}
"""Memory for one session on a small machine: the Go runtime collects early, glibc keeps few arenas."""

log = logger(__name__)


class LocalOperatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    data: Annotated[str, Setting("RECADO_DATA_DIR", "Directory of this installation.")]


def session_environment(base: Mapping[str, str], order: SessionOrder, journal: Path) -> dict[str, str]:
    """`base` without the operator's own credentials, with those of this session and epoch."""
    return {
        **base,
        **SESSION_SETTINGS,
        "DB_USER": role_name(order.connection_id),
        "DB_PASS": order.password,
        "RECADO_EPOCH": str(order.epoch),
        "RECADO_JOURNAL_DIR": str(journal),
    }


async def run(environ: Mapping[str, str]) -> None:
    layout = Layout(Path(load(LocalOperatorSettings, environ).data))
    resources = FolderResources(layout.resources)
    sessions = ProcessSessions(
        layout, lambda order, journal: session_environment(environ, order, journal), resources.bury
    )
    await asyncio.to_thread(sessions.clear_remains)
    stop = _stop_event()
    bells = RedisBells(load(RedisSettings, environ).uri)
    async with contextlib.aclosing(bells), LeaseDatabase(load(DatabaseSettings, environ)) as leases:
        ports = Ports(
            declarations=FolderDeclarations(resources),
            sessions=sessions,
            leases=leases,
            companies=leases,
            policies=NoPolicies(),
            secrets=NoSecrets(),
            bell=bells,
            clock=SystemClock(),
        )
        reconciler = Reconciler(ports, resources.departed())
        while not stop.is_set():
            wake = await _look(reconciler)
            await _wait(stop, sessions, resources, wake)
        await sessions.stop_all(STOP_GRACE)


def _stop_event() -> asyncio.Event:
    stop = asyncio.Event()
    for received in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(received, stop.set)
    return stop


async def _look(reconciler: Reconciler) -> float | None:
    try:
        return await reconciler.look()
    except Exception:
        log.exception("could not look at the connections, trying again")
        return AFTER_ERROR


async def _wait(stop: asyncio.Event, sessions: ProcessSessions, resources: FolderResources, wake: float | None) -> None:
    """Until a manifest changed, a session ended, we are told to stop, or it is time to look anyway."""
    longest = LONGEST_WAIT if wake is None else min(wake, LONGEST_WAIT)
    waits = {
        asyncio.create_task(stop.wait()),
        asyncio.create_task(sessions.changed.wait()),
        asyncio.create_task(resources.changed(longest)),
    }
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for waiting in waits:
        waiting.cancel()
    sessions.changed.clear()


def main() -> None:
    try:
        configure(load(ObservabilitySettings), "operator")
        asyncio.run(run(os.environ))
    except ConfigurationError as error:
        sys.stderr.write(f"{error.detail}\n")
        sys.exit(ExitCode.CONFIGURATION)


if __name__ == "__main__":
    main()
