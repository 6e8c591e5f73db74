"""A program of the cluster as a process: started, killed, held and started again, always on the same data."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from recado_local.embedded import child

LOG_TAIL = 3000
STOP_SECONDS = 10.0


class Place(Protocol):
    """Where processes run: on this machine, or in namespaces of their own (`machine.Machine`)."""

    def wrap(self, command: Sequence[str]) -> Sequence[str]:
        """The command that runs `command` there."""
        ...

    def inner(self, pid: int) -> int:
        """The process of the command itself, when `pid` is that of the wrapped one."""
        ...


class Here:
    """On this machine as it is; everything listens on loopback."""

    def wrap(self, command: Sequence[str]) -> Sequence[str]:
        return command

    def inner(self, pid: int) -> int:
        return pid


class Component:
    """One process. It dies with us, even by SIGKILL."""

    def __init__(self, name: str, command: Sequence[str], log: Path, place: Place | None = None) -> None:
        self.name = name
        self.log = log
        self._command = command
        self._place = place or Here()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, f"{self.name} was not started"
        return self._place.inner(self._process.pid)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        assert not self.running, f"{self.name} runs already"
        self._process = child.spawn(self._place.wrap(self._command), log=self.log, death_signal=signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, then SIGKILL; nothing when it does not run."""
        if self.running:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        if self.running:
            self._signal(signal.SIGKILL)
            self._wait(STOP_SECONDS)

    def hold(self) -> None:
        """SIGSTOP: alive, silent."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def _wait(self, seconds: float) -> None:
        assert self._process is not None
        self._process.wait(seconds)

    def wait_until(self, what: str, condition: Callable[[], Any], seconds: float) -> None:
        """Polls `condition`; fails at once, with the end of its log, when the process ends."""
        deadline = time.monotonic() + seconds
        while not condition():
            if not self.running or time.monotonic() > deadline:
                why = "does not answer in time" if self.running else "has ended"
                raise AssertionError(f"{what}: {self.name} {why}. Its log ends with:\n{self._tail()}")
            time.sleep(0.02)

    def _tail(self) -> str:
        return self.log.read_text(errors="replace")[-LOG_TAIL:] if self.log.exists() else ""
