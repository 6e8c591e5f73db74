"""A WhatsApp simulator as a process of its own, for tests that talk to it with the real engine."""

import json
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.simulator import SimulatorClient, wait_until

from recado_local.embedded import child

COMMAND: Sequence[str] = (sys.executable, "-m", "recado_simulator")
START_SECONDS = 30.0
MARIA = "5511988887777"


class Simulator(SimulatorClient):
    def __init__(self, told: dict[str, str], process: "subprocess.Popen[bytes]") -> None:
        super().__init__(told["phones_url"])
        self.url = told["phones_url"]
        self.proxy = told["proxy"]
        self.ca_file = told["ca_file"]
        self.root_key = told["root_key"]
        self._process = process

    def stop(self) -> None:
        child.stop(self._process, signal.SIGTERM, grace=5)

    def new_account(self) -> "Account":
        number = f"5511{secrets.randbelow(10**9):09d}"
        self.add_account(number, "Loja")
        return Account(self, number)


class Account:
    """One owner's number: what happens here touches no other test."""

    def __init__(self, simulator: Simulator, number: str) -> None:
        self.simulator = simulator
        self.number = number

    def link(self, code: str) -> None:
        self.simulator.link(code, self.number)

    def type_code(self, code: str) -> bool:
        """Whether it was the right one."""
        asked = {"code": code, "account": self.number}
        return self.simulator._http.post("/control/link", json=asked).is_success

    def say(self, text: str, count: int = 1, **more: Any) -> None:
        """Maria writes to this number: `text`, or `text 1` … `text <count>`."""
        written = {"customer": MARIA, "account": self.number, "text": text, "count": count, **more}
        self.simulator._post("/control/messages", written)

    def burst(self, *, messages: int, rate: float) -> None:
        """Many customers write to this number, in the background."""
        asked = {"customers": 5, "messages": messages, "rate": rate, "prefix": "rajada", "account": self.number}
        self.simulator._post("/control/burst", asked)

    def fault(self, kind: str, **more: Any) -> None:
        self.simulator.fault(kind, account=self.number, **more)

    def unlink(self) -> None:
        self.simulator._post("/control/unlink", {"account": self.number})

    def devices(self) -> list[dict[str, Any]]:
        """What the owner's phone shows under Linked devices."""
        return self.simulator.devices(self.number)

    def texts_on_phones(self) -> list[str]:
        """What Maria's phone shows from this number."""
        return [entry["text"] for entry in self.simulator.ledger("arrived") if entry["from"] == self.number]

    def acknowledged(self) -> set[str]:
        """Ids of the messages that WhatsApp believes to be delivered to this number's linked device."""
        entries = self.simulator.ledger("acknowledged")
        return {entry["id"] for entry in entries if str(entry.get("device", "")).startswith(self.number)}


@contextmanager
def running(data: Path) -> Iterator[Simulator]:
    """A simulator with its state in `data`, ended with the block."""
    log = data.with_suffix(".log")
    process = child.spawn([*COMMAND, "--port", "0", "--data-dir", str(data)], log=log)
    try:
        told = wait_until("the simulator tells where it is", lambda: _told(process, log), START_SECONDS, 0.02)
        simulator = Simulator(told, process)
        yield simulator
        simulator.close()
    finally:
        child.stop(process, signal.SIGTERM, grace=5)


def _told(process: "subprocess.Popen[bytes]", log: Path) -> dict[str, str] | None:
    assert process.poll() is None, f"the simulator ended:\n{log.read_text()}"
    lines = (line for line in log.read_text().splitlines() if line.startswith('{"phones_url"'))
    return next(map(json.loads, lines), None)
