"""Drives the WhatsApp simulator from tests: a process of its own, spoken to over its control API."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recado_local.embedded import child

COMMAND: Sequence[str] = (sys.executable, "-m", "recado_simulator")
START_SECONDS = 30.0
MARIA = "5511988887777"
JOAO = "5511977776666"


class Simulator:
    def __init__(self, told: dict[str, str]) -> None:
        self.url = told["phones_url"]
        self.proxy = told["proxy"]
        self.ca_file = told["ca_file"]
        self.root_key = told["root_key"]

    def post(self, path: str, **body: Any) -> Any:
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/control/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def ledger(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/control/ledger", timeout=10) as answer:  # noqa: S310
            entries: list[dict[str, Any]] = json.load(answer)["entries"]
        return entries

    def texts_on_phones(self) -> list[str]:
        return [entry["text"] for entry in self.ledger() if entry["kind"] == "arrived"]

    def say(self, text: str, customer: str = MARIA, count: int = 1) -> list[str]:
        ids: list[str] = self.post("messages", customer=customer, text=text, count=count)["ids"]
        return ids

    def fault(self, kind: str, **more: Any) -> None:
        self.post("faults", kind=kind, **more)


@contextmanager
def running(data: Path) -> Iterator[Simulator]:
    """A simulator with its state in `data`, ended with the block."""
    log = data.with_suffix(".log")
    process = child.spawn([*COMMAND, "--port", "0", "--data-dir", str(data)], log=log)
    try:
        yield Simulator(eventually(lambda: _told(process, log), START_SECONDS))
    finally:
        child.stop(process, signal.SIGTERM, grace=5)


def _told(process: "subprocess.Popen[bytes]", log: Path) -> dict[str, str] | None:
    assert process.poll() is None, f"the simulator ended:\n{log.read_text()}"
    lines = (line for line in log.read_text().splitlines() if line.startswith('{"phones_url"'))
    return next(map(json.loads, lines), None)


def eventually(look: Callable[[], Any], seconds: float = 15.0) -> Any:
    """The first true answer of `look`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(0.02)
    return found
