"""What becomes of the linked device when its connection goes: the owner's phone is the judge."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

from .people import online


class Branch:
    """A number of its own, linked to a connection of its own."""

    def __init__(self, stack: RecadoStack, connection: dict[str, Any], number: str) -> None:
        self.stack = stack
        self.id: str = connection["id"]
        self.name: str = connection["name"]
        self.number = number

    @property
    def manifest(self) -> Path:
        return self.stack.data / "resources" / f"{self.name}.yaml"

    def devices(self) -> list[dict[str, Any]]:
        return self.stack.simulator.devices(self.number)

    def link(self) -> None:
        qr = wait_until("a QR code is shown", lambda: self.stack.api.pairing(self.id)["qr"])
        self.stack.simulator.link(qr["text"], self.number)
        online(self.stack, self.id)
        assert len(self.devices()) == 1

    def delete(self) -> None:
        self.stack.api.call("DELETE", f"/connections/{self.id}")

    def runs(self) -> bool:
        return self.name in self.stack.status()["pids"]["sessions"]

    def departed(self) -> bool:
        return (self.stack.data / "resources" / ".departed" / f"{self.name}.yaml").exists()

    def gone(self) -> bool:
        """Nothing of it is left on this machine."""
        return not (self.runs() or self.departed() or (self.stack.data / "sessions" / self.name).exists())


@pytest.fixture
def branch(stack: RecadoStack) -> Branch:
    number = f"5521{secrets.randbelow(10**9):09d}"
    stack.simulator.add_account(number, "Filial")
    made = Branch(stack, stack.api.create_connection("Filial"), number)
    made.link()
    return made


def test_deleting_a_connection_unlinks_its_device(branch: Branch) -> None:
    branch.delete()
    wait_until("the phone shows no device", lambda: branch.devices() == [])
    wait_until("nothing is left of it", branch.gone)


def test_deleting_a_paused_connection_starts_a_session_to_unlink_its_device(branch: Branch) -> None:
    branch.stack.api.call("POST", f"/connections/{branch.id}/pause")
    wait_until("its session is gone", lambda: not branch.runs())
    branch.delete()
    wait_until("the phone shows no device", lambda: branch.devices() == [])
    wait_until("nothing is left of it", branch.gone)


def test_retain_keeps_the_device_until_somebody_wants_it_unlinked(branch: Branch) -> None:
    text = branch.manifest.read_text()
    kept = text.replace("deletionPolicy: Logout", "deletionPolicy: Retain").replace(
        "displayName: Filial", "displayName: K"
    )
    branch.manifest.write_text(kept)
    wait_until("the operator has read it", lambda: branch.stack.api.connection(branch.id)["displayName"] == "K")
    branch.manifest.unlink()
    wait_until("its session is gone", lambda: not branch.runs() and branch.departed())
    wait_until("it is told that it rests", lambda: branch.stack.api.connection(branch.id)["state"] == "stopped")
    assert len(branch.devices()) == 1
    branch.manifest.write_text(text)
    online(branch.stack, branch.id)
    branch.manifest.unlink()
    wait_until("the phone shows no device", lambda: branch.devices() == [])
    wait_until("nothing is left of it", branch.gone)
