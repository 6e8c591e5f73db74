"""One simulator for the folder, and one owner whose engine most tests share: linking takes seconds, resuming does not.

Each test has a customer of its own. A test that harms the shared engine kills it; the next one resumes it.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.contract.simulator.processes import Engine, SimulatorProcess, eventually

_NUMBERS = itertools.count(1)

MakeWorld = Callable[[SimulatorProcess], "World"]


@dataclass
class World:
    """An owner with linked engines, and one customer."""

    simulator: SimulatorProcess
    directory: Path
    owner: str
    customer: str = ""
    engines: list[Engine] = field(default_factory=list)
    device: str = ""

    def link(self, name: str = "engine") -> Engine:
        engine = self.start(name)
        linked = self.simulator.post("link", qr=engine.hear("qr")["text"], account=self.owner)
        self.device = linked["device"]
        engine.hear("connected")
        return engine

    def start(self, name: str = "engine", device: str = "") -> Engine:
        engine = Engine(self.simulator, self.directory / f"{name}.db", device)
        self.engines.append(engine)
        return engine

    def resume(self, engine: Engine) -> Engine:
        """A new process on the same database, without a QR code."""
        return self.start(engine.database.stem, self.device)

    def meet(self) -> None:
        """From now on, another customer."""
        number = next(_NUMBERS)
        self.customer = f"55219999{number:05}"
        self.simulator.post("customers", phone=self.customer, name=f"Cliente {number}")

    def say(self, text: str, **more: Any) -> str:
        asked = {"customer": self.customer, "account": self.owner, "text": text, **more}
        ids: list[str] = self.simulator.post("messages", **asked)["ids"]
        return ids[0]

    def fault(self, kind: str, **more: Any) -> None:
        self.simulator.post("faults", kind=kind, account=self.owner, **more)

    def queued(self) -> int:
        state = self.simulator.get("state")
        (account,) = [one for one in state["accounts"] if one["phone"] == self.owner]
        return sum(device["queued"] for device in account["devices"])

    def bubble(self, phone: str, wa_id: str) -> dict[str, Any]:
        """A message as a phone shows it."""
        other = self.customer if phone == self.owner else self.owner
        bubbles = self.simulator.get(f"chats/{phone}/{other}")["bubbles"]
        (found,) = [bubble for bubble in bubbles if bubble["wa_id"] == wa_id]
        assert isinstance(found, dict)
        return found

    def end(self) -> None:
        for engine in self.engines:
            engine.kill()


def make_owner(simulator: SimulatorProcess, directory: Path) -> World:
    number = next(_NUMBERS)
    world = World(simulator, directory, f"55110000{number:05}")
    simulator.post("accounts", phone=world.owner, name=f"Loja {number}")
    world.meet()
    return world


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatorProcess]:
    process = SimulatorProcess(tmp_path_factory.mktemp("simulator") / "data")
    yield process
    assert process.stop() == 0


@pytest.fixture(scope="session")
def shared(simulator: SimulatorProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = make_owner(simulator, tmp_path_factory.mktemp("shared"))
    world.link()
    yield world
    world.end()


@pytest.fixture
def world(shared: World) -> World:
    """The shared owner with a new customer."""
    shared.meet()
    return shared


@pytest.fixture
def engine(world: World) -> Iterator[Engine]:
    """The shared engine, connected and with nothing left to say."""
    engine = world.engines[-1]
    if not engine.alive:
        engine = world.resume(engine)
        engine.hear("connected")
    eventually(lambda: world.queued() == 0)
    engine.forget()
    yield engine
    world.simulator.post("faults", kind="none")


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    """Owners of a test's own, on the simulator that it names."""
    made: list[World] = []

    def make(simulator: SimulatorProcess) -> World:
        made.append(make_owner(simulator, tmp_path))
        return made[-1]

    yield make
    for world in made:
        world.end()


@pytest.fixture
def newcomer(simulator: SimulatorProcess, make_world: MakeWorld) -> World:
    """An owner who has linked nothing yet."""
    return make_world(simulator)
