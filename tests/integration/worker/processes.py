"""Real worker processes, and patience with a deadline."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.integration.database import Database

from recado_core.settings import DatabaseSettings
from recado_local.embedded import child


def environment(database: DatabaseSettings, redis_uri: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DB_HOST": database.host,
        "DB_PORT": str(database.port),
        "DB_USER": database.user,
        "DB_PASS": database.password,
        "DB_NAME": database.name,
        "REDIS_URI": redis_uri,
    }


class WorkerProcess:
    """`python -m recado_worker`, killed at the end of the block if nobody stopped it before."""

    def __init__(self, database: Database, redis_uri: str, log: Path, classes: str = "") -> None:
        self._given = (database, redis_uri)
        self._environ = {**environment(database.app, redis_uri), "RECADO_WORKER_QUEUES": classes}
        self.log = log
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "recado_worker"]
        self.process = child.spawn(command, log=self.log, environ=self._environ)
        return self.process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        child.stop(self.process, signal.SIGKILL, grace=5)

    def twin(self) -> "WorkerProcess":
        """Another one for the same database."""
        return WorkerProcess(*self._given, self.log.with_name("twin.log"))

    def kill_and_replace(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()

    async def stop(self) -> float:
        """Asks it to end; the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(self.process.wait, 30)
        return time.monotonic() - began

    async def said(self, text: str) -> bool:
        return text in await asyncio.to_thread(self.log.read_text)

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def until(what: str, holds: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not await holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        await asyncio.sleep(0.01)
