"""Simulator and engine as processes that a test starts, asks, kills and starts again."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).with_name("engine_process.py")
MARK = "@@ "
PATIENCE = 20.0


class Child:
    """A process whose lines are collected by a thread, so that nothing it says is missed."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self._log_path = log
        self._log = log.open("ab")
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log
        )
        self.lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.put(line.decode(errors="replace"))

    def write(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, also of a stopped process; returns when it is gone. May be repeated."""
        if not self._log.closed:
            self._process.kill()
            self._finish()

    def terminate(self) -> int:
        self._process.terminate()
        return self._finish()

    def _finish(self) -> int:
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for stream in (self._process.stdin, self._process.stdout, self._log):
            assert stream
            stream.close()
        return code

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def last_words(self) -> str:
        """What stands in its log when it ended by itself; empty while it runs."""
        return "" if self._process.poll() is None else self._log_path.read_text(errors="replace")[-2000:]


class SimulatorProcess:
    def __init__(self, data: Path, *arguments: str) -> None:
        self._data = data
        self._arguments = arguments
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "recado_simulator", "--data-dir", str(self._data), *self._arguments]
        self._child = Child(command, dict(os.environ), self._data.with_suffix(".log"))
        told = json.loads(self._child.lines.get(timeout=PATIENCE))
        self.told: dict[str, str] = told
        self.url, self.proxy = told["phones_url"], told["proxy"]

    def kill(self) -> None:
        self._child.kill()

    def stop(self) -> int:
        return self._child.terminate()

    def post(self, path: str, **body: Any) -> Any:
        return self._ask(path, json.dumps(body).encode())

    def get(self, path: str) -> Any:
        return self._ask(path, None)

    def _ask(self, path: str, body: bytes | None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/control/{path}", body, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from None

    def ledger(self, kind: str, **facts: Any) -> list[dict[str, Any]]:
        """Entries of that kind that carry these facts, in order."""
        entries: list[dict[str, Any]] = []
        after = 0
        while page := self.get(f"ledger?after={after}")["entries"]:
            entries += page
            after = page[-1]["n"]
        return [
            entry
            for entry in entries
            if entry["kind"] == kind and all(entry.get(name) == value for name, value in facts.items())
        ]

    def await_ledger(self, kind: str, count: int = 1, **facts: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = eventually(
            lambda: entries if len(entries := self.ledger(kind, **facts)) >= count else None
        )
        return found


class Engine:
    """One engine process with its own database file."""

    def __init__(self, simulator: SimulatorProcess, database: Path, device: str = "") -> None:
        environment = {
            **os.environ,
            "SSL_CERT_FILE": simulator.told["ca_file"],
            "NEONIZE_BOT_TAG": "off",
            "GOMAXPROCS": "2",
        }
        command = [sys.executable, str(ENGINE), simulator.proxy, simulator.told["root_key"], str(database), device]
        self.database = database
        self._child = Child(command, environment, database.with_suffix(".log"))
        self._heard: list[dict[str, Any]] = []

    def hear(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The next thing of that kind that fits; things of other kinds stay for later."""
        return self.hear_all(kind, 1, **facts)[0]

    def hear_all(self, kind: str, count: int, **facts: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + PATIENCE
        while True:
            for heard in [heard for heard in self._heard if _fits(heard, kind, facts)]:
                if len(found) < count:
                    self._heard.remove(heard)
                    found.append(heard)
            if len(found) == count:
                return found
            self._listen(deadline, f"{kind} {facts}: {len(found)} of {count}")

    def heard_nothing(self, kind: str, seconds: float) -> bool:
        """Listens for `seconds`; whether nothing of that kind came."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._take(left)
        return not any(heard["kind"] == kind for heard in self._heard)

    def _listen(self, deadline: float, what: str) -> None:
        left = deadline - time.monotonic()
        assert not (words := self._child.last_words()), f"The engine ended:\n{words}"
        assert left > 0, f"The engine did not tell of {what}. It told: {self._heard[-20:]}"
        self._take(min(left, 1.0))

    def _take(self, seconds: float) -> None:
        try:
            line = self._child.lines.get(timeout=seconds)
        except queue.Empty:
            return
        if line.startswith(MARK):
            self._heard.append(json.loads(line[len(MARK) :]))

    def do(self, what: str, **details: Any) -> None:
        self._child.write(json.dumps({"do": what, **details}))

    def ask(self, what: str, **details: Any) -> dict[str, Any]:
        self.do(what, **details)
        return self.hear("done")

    def freeze(self) -> None:
        self._child.signal(signal.SIGSTOP)

    def forget(self) -> None:
        """Drops what was heard so far."""
        while not self._child.lines.empty():
            self._child.lines.get_nowait()
        self._heard.clear()

    @property
    def alive(self) -> bool:
        return self._child.alive

    def kill(self) -> None:
        self._child.kill()


def _fits(heard: dict[str, Any], kind: str, facts: dict[str, Any]) -> bool:
    return heard["kind"] == kind and all(heard.get(name) == value for name, value in facts.items())


def eventually(look: Callable[[], Any]) -> Any:
    """The first true answer of `look`."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, "it never became so"
        time.sleep(0.02)
    return found
