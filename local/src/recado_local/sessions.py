"""`Sessions` with child processes: on one machine a session is what a pod is in a cluster.

The kernel ends them when the operator is gone; a new operator first waits for what is still on its way out, because
the next session of a connection uses the same journal.
"""

import asyncio
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct

from recado_core.log import logger
from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.session_states import ExitCode
from recado_local import remains
from recado_local.embedded import child
from recado_local.layout import Layout, write_atomically
from recado_operator.ports import SessionOrder
from recado_operator.world import SessionProcess

EXPECTED_CODES = frozenset(ExitCode)
KILL_SECONDS = 5.0

log = logger(__name__)


class _Running(Struct):
    order: SessionOrder
    process: subprocess.Popen[bytes]
    started: float
    stopping: bool = False
    killer: asyncio.TimerHandle | None = None

    @property
    def name(self) -> str:
        return self.order.resource.metadata.name


class ProcessSessions:
    """`environment` makes a session's environment from its order and its journal's directory; `discarded` is told
    when nothing is left of a deleted connection.
    """

    def __init__(
        self,
        layout: Layout,
        environment: Callable[[SessionOrder, Path], Mapping[str, str]],
        discarded: Callable[[UUID], None],
        command: child.Command = (sys.executable, "-m", "recado_session"),
    ) -> None:
        self._layout = layout
        self._environment = environment
        self._discarded = discarded
        self._command = command
        self._running: dict[tuple[UUID, int], _Running] = {}
        self._watchers: set[asyncio.Task[None]] = set()
        self.changed = asyncio.Event()
        """Set when a process ended; whoever looks clears it."""

    def clear_remains(self) -> None:
        """Call before the first start: waits for the sessions of an operator that was killed."""
        if killed := remains.clear(self._layout.sessions / "running.json"):
            log.warning("sessions of an earlier operator had to be killed", sessions=killed)
        self._write_pids()

    async def keys(self) -> Collection[UUID]:
        return {connection_id for connection_id, _ in self._running}

    async def of(self, connection_id: UUID) -> Sequence[SessionProcess]:
        now = time.monotonic()
        return [
            SessionProcess(
                connection_id=connection_id,
                epoch=epoch,
                running=running.process.returncode is None,
                age_seconds=now - running.started,
                stopping=running.stopping,
                exit_code=running.process.returncode,
            )
            for (key, epoch), running in self._running.items()
            if key == connection_id
        ]

    def expected(self, resource: WhatsAppConnection, company: Company | None) -> Mapping[str, Any]:  # noqa: ARG002
        """One machine has one version, its own."""
        return {}

    async def correct(self, resource: WhatsAppConnection, epoch: int, *, image: bool) -> None:  # noqa: ARG002 - as the port has it
        raise AssertionError(f"Session {epoch} of {resource.metadata.name} is what it was started as")

    async def adopt(self, resource: WhatsAppConnection, name: str) -> None:
        raise AssertionError(f"{resource.metadata.name} cannot adopt {name}, a process has one parent")

    def wait(self, connection_id: UUID) -> float:  # noqa: ARG002 - one machine has few
        return 0.0

    async def start(self, order: SessionOrder) -> None:
        await self._wait_for_predecessors(order.connection_id)
        journal = self._journal(order)
        name = order.resource.metadata.name
        process = child.spawn(
            self._command,
            log=self._layout.log(f"session-{name}"),
            environ=self._environment(order, journal),
        )
        running = _Running(order, process, time.monotonic())
        self._running[order.connection_id, order.epoch] = running
        self._write_pids()
        log.info("session started", connection=str(order.connection_id), epoch=order.epoch, pid=process.pid)
        watcher = asyncio.create_task(self._watch(running), name=f"session {name}")
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)

    async def end(self, connection_id: UUID, epoch: int, grace: float) -> None:
        running = self._running.get((connection_id, epoch))
        if running is None or running.process.returncode is not None:
            return
        running.stopping = True
        if grace <= 0:
            running.process.kill()
            return
        running.process.send_signal(signal.SIGTERM)
        running.killer = asyncio.get_running_loop().call_later(grace, running.process.kill)

    async def forget(self, connection_id: UUID, epoch: int) -> None:
        self._running.pop((connection_id, epoch), None)

    async def discard(self, connection_id: UUID) -> None:
        for owner in self._layout.sessions.glob("*/connection"):
            if owner.read_text() == str(connection_id):
                await asyncio.to_thread(shutil.rmtree, owner.parent, ignore_errors=True)
        self._discarded(connection_id)

    async def stop_all(self, grace: float) -> None:
        for connection_id, epoch in list(self._running):
            await self.end(connection_id, epoch, grace)
        if self._watchers:
            await asyncio.wait(self._watchers)

    async def _wait_for_predecessors(self, connection_id: UUID) -> None:
        """Those that were told to go; they no longer have a password, but they may still hold the journal."""
        before = [running for (key, _), running in self._running.items() if key == connection_id]
        for running in before:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(child.ended(running.process), KILL_SECONDS)

    async def _watch(self, running: _Running) -> None:
        code = await child.ended(running.process)
        if running.killer is not None:
            running.killer.cancel()
        if code not in EXPECTED_CODES:
            self._note_unclean(running, code)
        self._write_pids()
        log.info("session ended", connection=str(running.order.connection_id), epoch=running.order.epoch, code=code)
        self.changed.set()

    def _note_unclean(self, running: _Running, code: int) -> None:
        noted = {"name": running.name, "at": datetime.now(UTC).isoformat(), "exit_code": code}
        with self._layout.unclean_exits.open("a") as file:
            file.write(json.dumps(noted) + "\n")

    def _journal(self, order: SessionOrder) -> Path:
        """The journal of this very connection: one of an earlier connection with the same name is not read again."""
        home = self._layout.sessions / order.resource.metadata.name
        owner = home / "connection"
        if not owner.exists() or owner.read_text() != str(order.connection_id):
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir(mode=0o700)
            owner.write_text(str(order.connection_id))
        journal = home / "journal"
        journal.mkdir(mode=0o700, exist_ok=True)
        return journal

    def _write_pids(self) -> None:
        alive = {
            running.name: running.process.pid
            for running in self._running.values()
            if running.process.returncode is None
        }
        remains.remember(self._layout.sessions / "running.json", alive)
        write_atomically(self._layout.session_pids, json.dumps(alive))
