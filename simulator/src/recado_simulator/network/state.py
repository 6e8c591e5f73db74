"""What every part of the network works on, and who is connected at the moment."""

import time
from dataclasses import dataclass, field
from typing import Any, Protocol

from recado_simulator.accounts.directory import Directory
from recado_simulator.accounts.queue import DeviceQueues
from recado_simulator.accounts.records import Device, Media
from recado_simulator.accounts.store import Collection, Store
from recado_simulator.codec.nodes import Node
from recado_simulator.control.ledger import Ledger
from recado_simulator.network.faults import Faults


class Link(Protocol):
    """The live connection of a linked device."""

    device: Device

    def send(self, node: Node) -> None: ...

    def send_raw(self, plain: bytes) -> None: ...

    def begin_delivery(self) -> None:
        """Hand over what waits: the device said that it listens."""
        ...

    def wake(self, position: int) -> None:
        """Something new is in this device's queue."""
        ...

    def end(self, farewell: Node | None = None) -> None:
        """Says a last word and closes."""
        ...

    def abort(self) -> None:
        """Closes without a word, as a network that broke."""
        ...


def now_ms() -> int:
    return int(time.time() * 1000)


class Watcher(Protocol):
    def __call__(self, kind: str, **facts: Any) -> None: ...


def _nobody(kind: str, **facts: Any) -> None:
    """No page is open."""


@dataclass
class NetworkState:
    store: Store
    directory: Directory
    queues: DeviceQueues
    ledger: Ledger
    media: Collection[Media]
    faults: Faults = field(default_factory=Faults)
    links: dict[str, Link] = field(default_factory=dict)
    changed: Watcher = _nobody
    """Told what people may want to see at once."""

    def links_of(self, number: str) -> list[Link]:
        """Live connections of an owner's devices; all for an empty number."""
        return [link for link in self.links.values() if number in {"", link.device.number}]
