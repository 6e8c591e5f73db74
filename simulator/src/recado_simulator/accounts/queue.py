"""What waits for the linked devices, one queue per device.

The rule that everything else leans on: an entry leaves the queue only when the device acknowledged it, whatever
happened to sockets, to this process or to the device meanwhile. A device that connects again gets the rest again, in
order.
"""

from collections.abc import Callable
from typing import NamedTuple

from recado_simulator.accounts.records import Queued, QueuedReceipt
from recado_simulator.accounts.store import Collection, Store

_POSITION_DIGITS = 12


class Place(NamedTuple):
    """Where an entry stands: the position grows over all queues, so it also orders."""

    device: str
    position: int

    @property
    def key(self) -> str:
        return f"{self.device}/{self.position:0{_POSITION_DIGITS}}"

    @classmethod
    def of(cls, key: str) -> "Place":
        device, _, position = key.rpartition("/")
        return cls(device, int(position))


def _name(entry: Queued) -> str:
    """What the device's acknowledgement will call it."""
    if isinstance(entry, QueuedReceipt):
        return f"receipt/{entry.type}/{entry.wa_ids[0]}"
    return f"message/{entry.wa_id}"


class DeviceQueues:
    def __init__(self, store: Store) -> None:
        self._entries: Collection[Queued] = Collection(store, "queue", Queued)
        self._by_device: dict[str, dict[int, Queued]] = {}
        self._by_name: dict[tuple[str, str], list[int]] = {}
        self._last = 0
        self.on_put: Callable[[str, int], None] = lambda *_: None
        for place in sorted(map(Place.of, self._entries), key=lambda place: place.position):
            self._index(place, self._entries[place.key])
            self._last = place.position

    def put(self, device: str, entry: Queued) -> None:
        self._last += 1
        place = Place(device, self._last)
        self._entries[place.key] = entry
        self._index(place, entry)
        self.on_put(device, place.position)

    def positions(self, device: str) -> list[int]:
        """Everything that waits, oldest first."""
        return list(self._by_device.get(device, {}))

    def get(self, device: str, position: int) -> Queued | None:
        """None when it was acknowledged meanwhile."""
        return self._by_device.get(device, {}).get(position)

    def save(self, device: str, position: int, entry: Queued) -> None:
        self._entries[Place(device, position).key] = entry

    def acknowledge_message(self, device: str, wa_id: str) -> list[Queued]:
        """Takes off what was handed over under that id."""
        return self._take(device, f"message/{wa_id}")

    def acknowledge_receipt(self, device: str, wa_id: str, kind: str) -> list[Queued]:
        return self._take(device, f"receipt/{kind}/{wa_id}")

    def length(self, device: str) -> int:
        return len(self._by_device.get(device, {}))

    def drop(self, device: str) -> None:
        """Forgets the queue of a device that was unlinked."""
        for position, entry in self._by_device.pop(device, {}).items():
            self._by_name.pop((device, _name(entry)), None)
            del self._entries[Place(device, position).key]

    def _index(self, place: Place, entry: Queued) -> None:
        self._by_device.setdefault(place.device, {})[place.position] = entry
        self._by_name.setdefault((place.device, _name(entry)), []).append(place.position)

    def _take(self, device: str, name: str) -> list[Queued]:
        queue = self._by_device.get(device, {})
        positions = self._by_name.pop((device, name), [])
        waiting = [position for position in positions if not queue[position].handed]
        if waiting:
            self._by_name[device, name] = waiting
        handed = [position for position in positions if position not in waiting]
        for position in handed:
            del self._entries[Place(device, position).key]
        return [queue.pop(position) for position in handed]
