"""The whole product as tests run it: `recado up` in a directory of its own, killed and held part by part."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import psutil
from tests.support.api import RecadoClient
from tests.support.simulator import SimulatorClient, wait_until

from recado_local.embedded import places

START_SECONDS = 90.0


class RecadoStack:
    """Use as a context manager. `environ` is added to the environment of every part."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="recado-stack-"))
        self.data.chmod(0o711)
        self._environ = {**os.environ, **(environ or {})}
        self._process: subprocess.Popen[str] | None = None
        self._clients = contextlib.ExitStack()
        self.ready: dict[str, Any] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._clients.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
        if not os.environ.get("RECADO_KEEP_DATA"):
            shutil.rmtree(self.data, ignore_errors=True)

    def _start(self) -> None:
        recado = str(Path(sys.executable).with_name("recado"))
        command = [recado, "up", "--json", "--port", "0", "--data-dir", str(self.data)]
        with (self.data / "up.log").open("w") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, stdout=subprocess.PIPE, stderr=log, env=self._environ, text=True
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"recado up ended without a word: {(self.data / 'up.log').read_text()[-3000:]}"
        self.ready = json.loads(line)
        self.api = RecadoClient(self.ready["url"], self.ready["email"], self.ready["password"])
        self._clients.callback(self.api.close)
        self.api.sign_in()
        self.simulator = SimulatorClient(self.ready["phones_url"])
        self._clients.callback(self.simulator.close)

    @property
    def redis_uri(self) -> str:
        return f"unix://{places.socket_directory(self.data)}/redis.sock"

    @property
    def session(self) -> str:
        """The resource name of the only connection: what its session process is called in the status."""
        return str(self.connection()["name"])

    def connection(self) -> dict[str, Any]:
        """The only connection."""
        connection: dict[str, Any] = self.api.call("GET", "/connections")["items"][0]
        return connection

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads((self.data / "status.json").read_text())
        return answer

    def pid(self, name: str) -> int | None:
        """The current process of a part, or of the session with that connection name."""
        pids = self.status()["pids"]
        found: int | None = pids.get(name) or pids.get("sessions", {}).get(name)
        return found

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Signals a part and returns the process id that it hit."""
        pid = wait_until(f"{name} runs", lambda: self._alive(name))
        os.kill(pid, how)
        return int(pid)

    def wait_for_new(self, name: str, old: int, seconds: float = 60.0) -> int:
        """Waits until a part runs again under another process id."""

        def replaced() -> int | None:
            pid = self._alive(name)
            return pid if pid != old else None

        return int(wait_until(f"{name} runs again", replaced, seconds))

    def _alive(self, name: str) -> int | None:
        pid = self.pid(name)
        return pid if pid and psutil.pid_exists(pid) else None

    def hold(self, name: str) -> None:
        """Keeps a part from being started again until `release`."""
        (self.data / "hold").mkdir(exist_ok=True)
        (self.data / "hold" / name).touch()

    def release(self, name: str) -> None:
        (self.data / "hold" / name).unlink()

    def link(self, display_name: str = "Loja") -> dict[str, Any]:
        """Creates a connection, scans its QR code with the owner's phone, and waits until it is online."""
        connection = self.api.create_connection(display_name)
        qr = wait_until("a QR code is shown", lambda: self.api.pairing(connection["id"])["qr"])
        self.simulator.link(qr["text"])
        return self.online()

    def online(self, seconds: float = 60.0) -> dict[str, Any]:
        """Waits until the only connection is online."""

        def linked() -> dict[str, Any] | None:
            connection = self.connection()
            return connection if connection["state"] == "online" else None

        connection: dict[str, Any] = wait_until("the connection is online", linked, seconds)
        return connection


def settle(measure: Any, *, quiet: float, seconds: float) -> Any:
    """Calls `measure` until its value has not changed for `quiet` seconds (or `seconds` are over); returns it."""
    deadline = time.monotonic() + seconds
    value, since = measure(), time.monotonic()
    while time.monotonic() - since < quiet and time.monotonic() < deadline:
        time.sleep(0.25)
        if (current := measure()) != value:
            value, since = current, time.monotonic()
    return value
