"""An entry leaves the queue when the device acknowledged it, and for no other reason."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from tests.unit.simulator.conftest import OpenStore

from recado_simulator.accounts.queue import DeviceQueues
from recado_simulator.accounts.records import QueuedMessage, QueuedReceipt
from recado_simulator.accounts.store import Store

DEVICE, OTHER = "5511:1", "5511:2"


def message(wa_id: str) -> QueuedMessage:
    return QueuedMessage(wa_id=wa_id, sender="55", chat="55", plain=b"", text=wa_id, type="text", sent_at=0)


def receipt(wa_id: str, kind: str = "") -> QueuedReceipt:
    return QueuedReceipt(wa_ids=[wa_id], phone="55", type=kind, at=0)


def hand(queues: DeviceQueues, device: str = DEVICE) -> None:
    """What a connection does: everything that waits is handed over."""
    for position in queues.positions(device):
        entry = queues.get(device, position)
        assert entry
        entry.handed += 1
        queues.save(device, position, entry)


def waiting(queues: DeviceQueues, device: str = DEVICE) -> list[str]:
    entries = [queues.get(device, position) for position in queues.positions(device)]
    return [entry.wa_id for entry in entries if isinstance(entry, QueuedMessage)]


def test_what_was_not_handed_over_cannot_be_acknowledged(open_store: OpenStore) -> None:
    queues = DeviceQueues(open_store())
    queues.put(DEVICE, message("A"))
    assert queues.acknowledge_message(DEVICE, "A") == []
    hand(queues)
    assert len(queues.acknowledge_message(DEVICE, "A")) == 1
    assert queues.acknowledge_message(DEVICE, "A") == []


def test_another_device_or_kind_does_not_acknowledge(open_store: OpenStore) -> None:
    queues = DeviceQueues(open_store())
    queues.put(DEVICE, message("A"))
    queues.put(OTHER, message("A"))
    queues.put(DEVICE, receipt("A", "read"))
    hand(queues)
    hand(queues, OTHER)
    assert queues.acknowledge_receipt(DEVICE, "A", "") == []
    queues.acknowledge_message(DEVICE, "A")
    assert (queues.length(DEVICE), queues.length(OTHER)) == (1, 1)
    assert len(queues.acknowledge_receipt(DEVICE, "A", "read")) == 1


def test_a_message_asked_for_again_waits_behind_its_first_copy(open_store: OpenStore) -> None:
    queues = DeviceQueues(open_store())
    queues.put(DEVICE, message("A"))
    hand(queues)
    queues.put(DEVICE, message("A"))
    assert len(queues.acknowledge_message(DEVICE, "A")) == 1
    assert waiting(queues) == ["A"]
    hand(queues)
    queues.acknowledge_message(DEVICE, "A")
    assert waiting(queues) == []


def test_an_unlinked_device_leaves_nothing_behind(open_store: OpenStore) -> None:
    store = open_store()
    queues = DeviceQueues(store)
    queues.put(DEVICE, message("A"))
    queues.put(OTHER, message("B"))
    queues.drop(DEVICE)
    store.commit()
    kept = DeviceQueues(open_store())
    assert (waiting(kept), waiting(kept, OTHER)) == ([], ["B"])


def test_each_new_entry_is_told(open_store: OpenStore) -> None:
    queues = DeviceQueues(open_store())
    told: list[tuple[str, int]] = []
    queues.on_put = lambda device, position: told.append((device, position))
    queues.put(DEVICE, message("A"))
    queues.put(OTHER, message("B"))
    assert told == [(DEVICE, 1), (OTHER, 2)]


class Queues(RuleBasedStateMachine):
    """Against a plain list: put, hand over, acknowledge, and restart with and without the last commit."""

    written = Bundle("written")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "db"
        self._store = Store(self._path)
        self._queues = DeviceQueues(self._store)
        self._expected: list[str] = []
        self._handed: set[str] = set()
        self._count = 0

    @rule(target=written)
    def put(self) -> str:
        self._count += 1
        name = f"M{self._count}"
        self._queues.put(DEVICE, message(name))
        self._expected.append(name)
        return name

    @rule()
    def hand_over(self) -> None:
        hand(self._queues)
        self._handed |= set(self._expected)

    @rule(name=consumes(written), times=st.integers(1, 2))
    def acknowledge(self, name: str, times: int) -> None:
        for _ in range(times):
            self._queues.acknowledge_message(DEVICE, name)
        if name in self._handed:
            self._expected.remove(name)

    @rule()
    def restart(self) -> None:
        self._store.close()
        self._store = Store(self._path)
        self._queues = DeviceQueues(self._store)

    @invariant()
    def the_rest_waits_in_order(self) -> None:
        assert waiting(self._queues) == self._expected

    def teardown(self) -> None:
        self._store.close()
        self._folder.cleanup()


TestQueues = Queues.TestCase
TestQueues.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
