"""Keeps the parts running: each is started, watched, and started again with a small wait when it ends.

The supervisor knows nothing about what the parts are; it can be killed at any time, because the kernel then ends its
children (`embedded.child`) and the next start waits for what is still on its way out (`remains`).
"""

import asyncio
import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping

from msgspec import Struct

from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode
from recado_local import remains
from recado_local.embedded import child
from recado_local.layout import Layout

FIRST_WAIT = 0.2
LONGEST_WAIT = 5.0
STEADY_SECONDS = 10.0
READY_SECONDS = 60.0
POLL_SECONDS = 0.03
HOLD_POLL_SECONDS = 0.1
ATTEMPTS = 3
LOG_TAIL = 1500


class Part(Struct, frozen=True, kw_only=True):
    """One process to keep running. `ready` is asked often, in a thread, until it says yes once."""

    name: str
    spawn: Callable[[], subprocess.Popen[bytes]]
    ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0


class Supervisor:
    """`changed` is called with the process ids each time one of them is another."""

    def __init__(self, layout: Layout, changed: Callable[[Mapping[str, int]], None]) -> None:
        self._layout = layout
        self._changed = changed
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._keepers: dict[str, tuple[Part, asyncio.Task[None]]] = {}
        self._starts: dict[str, int] = {}

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._processes.items()}

    async def start(self, *parts: Part) -> None:
        """Starts all at once and waits until each is ready. Raises ConfigurationError with the end of the log."""
        ready = [asyncio.Event() for _ in parts]
        for part, event in zip(parts, ready, strict=True):
            keeper = asyncio.create_task(self._keep(part, event), name=part.name)
            self._keepers[part.name] = part, keeper
        for part, event in zip(parts, ready, strict=True):
            await self._until_ready(part, event)

    async def _until_ready(self, part: Part, ready: asyncio.Event) -> None:
        keeper = self._keepers[part.name][1]
        waiting = asyncio.create_task(ready.wait())
        done, _ = await asyncio.wait({keeper, waiting}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if keeper in done:
            keeper.result()
        if not done:
            raise ConfigurationError(f"{part.name} was not ready in {READY_SECONDS:.0f} s. {self._log_tail(part)}")

    async def _keep(self, part: Part, ready: asyncio.Event) -> None:
        wait = FIRST_WAIT
        while True:
            await _until(lambda: not self._layout.held(part.name), HOLD_POLL_SECONDS)
            began = time.monotonic()
            code = await self._run(part, ready)
            failed_starts = self._starts.get(part.name, 0)
            if not ready.is_set() and (code == ExitCode.CONFIGURATION or failed_starts >= ATTEMPTS):
                raise ConfigurationError(f"{part.name} does not start (exit code {code}). {self._log_tail(part)}")
            wait = FIRST_WAIT if time.monotonic() - began > STEADY_SECONDS else min(wait * 2, LONGEST_WAIT)
            await asyncio.sleep(wait)

    async def _run(self, part: Part, ready: asyncio.Event) -> int:
        process = part.spawn()
        self._starts[part.name] = self._starts.get(part.name, 0) + 1
        self._processes[part.name] = process
        self._publish()
        announcing = asyncio.create_task(_announce(part, ready))
        try:
            return await child.ended(process)
        finally:
            announcing.cancel()
            if process.returncode is not None:
                del self._processes[part.name]
                self._publish()

    def _publish(self) -> None:
        remains.remember(self._layout.running, self.pids)
        self._changed(self.pids)

    def _log_tail(self, part: Part) -> str:
        log = self._layout.log(part.name)
        tail = log.read_text(errors="replace")[-LOG_TAIL:].strip() if log.exists() else ""
        return f"The end of {log} says why:\n{tail}"

    async def failed(self) -> None:
        """Waits until a part cannot be kept running, and raises why."""
        done, _ = await asyncio.wait([keeper for _, keeper in self._keepers.values()], return_when="FIRST_COMPLETED")
        for keeper in done:
            keeper.result()

    async def stop(self) -> None:
        """In the reverse order of the starts, so that nobody loses what it still needs to end well."""
        for part, keeper in reversed(list(self._keepers.values())):
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConfigurationError):
                await keeper
            if process := self._processes.pop(part.name, None):
                await _stop(process, part)
        self._keepers.clear()
        self._publish()


async def _announce(part: Part, ready: asyncio.Event) -> None:
    if not ready.is_set():
        await _until(part.ready, POLL_SECONDS)
        ready.set()


async def _until(holds: Callable[[], bool], pause: float) -> None:
    while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - it becomes true in another process
        await asyncio.sleep(pause)


async def _stop(process: subprocess.Popen[bytes], part: Part) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(part.stop_signal)
    try:
        await asyncio.wait_for(child.ended(process), part.grace)
    except TimeoutError:
        process.kill()
        await child.ended(process)
