"""What phones do with what devices send, and what waits for devices afterwards. The device is played by the test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.simulator.conftest import OpenStore

from recado_simulator.accounts.directory import Directory
from recado_simulator.accounts.queue import DeviceQueues
from recado_simulator.accounts.records import Device, Phone, Queued, QueuedMessage, QueuedReceipt, Waiting
from recado_simulator.accounts.store import Collection, Store
from recado_simulator.control.ledger import Ledger
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.signal import Conversation, OwnKeys
from recado_simulator.network.state import NetworkState
from recado_simulator.phones import contents
from recado_simulator.phones.messenger import MOST_RETRIES, Messenger


class PlayedDevice:
    """The other end of the phones' sessions: one linked device with its keys."""

    def __init__(self, directory: Directory, owner: Phone) -> None:
        self.keys = OwnKeys(KeyPair.generate(), 5, 1, KeyPair.generate(), {3: KeyPair.generate()})
        self.device = Device(
            number=owner.number,
            slot=1,
            noise=b"",
            identity=self.keys.identity.public,
            registration_id=5,
            signed_id=1,
            signed=self.keys.signed.public,
            signed_signature=b"",
            name="test",
            linked_at=0,
            one_time={3: self.keys.one_time[3].public},
        )
        directory.add_device(self.device)
        self._directory = directory
        self._conversations: dict[str, Conversation] = {}

    def seal(self, phone: Phone, plain: bytes, wa_id: str = "3EB0") -> Waiting:
        conversation = self._conversations.setdefault(phone.number, Conversation())
        if not conversation.ready:
            conversation.open(self.keys, self._directory.publish_bundle(phone)[0])
        sealed = conversation.encrypt(contents.pad(plain))
        return Waiting(
            phone=phone.number,
            sender=self.device.number,
            sender_slot=1,
            chat=phone.number,
            wa_id=wa_id,
            kind=sealed.kind,
            sealed=sealed.data,
            sent_at=1,
        )

    def read(self, phone: Phone, kind: str, data: bytes) -> str:
        conversation = self._conversations.setdefault(phone.number, Conversation())
        message = contents.parse(contents.unpad(conversation.decrypt(self.keys, kind, data)))
        assert message is not None
        return contents.describe(message)[1]


class Town:
    def __init__(self, store: Store, ledger: Path) -> None:
        directory = Directory(store)
        media: Collection[Any] = Collection(store, "media", dict)
        self.state = NetworkState(store, directory, DeviceQueues(store), Ledger(ledger), media)
        self.messenger = Messenger(self.state)
        self.owner = directory.add_phone("5511", "Loja", owner=True)
        self.maria = directory.add_phone("5521", "Maria")
        self.played = PlayedDevice(directory, self.owner)

    def queued(self) -> list[Queued]:
        device = self.played.device.id
        entries = [self.state.queues.get(device, position) for position in self.state.queues.positions(device)]
        return [entry for entry in entries if entry]

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.state.ledger.after(0, 100)]


@pytest.fixture
def town(tmp_path: Path, open_store: OpenStore) -> Iterator[Town]:
    town = Town(open_store(), tmp_path / "ledger.jsonl")
    yield town
    town.state.ledger.close()


def test_a_customer_writes_to_the_device_and_to_the_phone(town: Town) -> None:
    bubble = town.messenger.write(town.maria, town.owner, contents.text("oi"))
    (entry,) = town.queued()
    assert isinstance(entry, QueuedMessage)
    sealed = town.messenger.seal(town.played.device, entry)
    assert town.played.read(town.maria, *sealed) == "oi"
    assert town.messenger.seal(town.played.device, entry) == sealed
    assert town.messenger.chats.find("5511", "5521", bubble.wa_id, from_me=False)
    assert bubble.state == "delivered"


def test_the_owner_writes_and_the_device_gets_an_echo(town: Town) -> None:
    town.messenger.write(town.owner, town.maria, contents.text("já vou"))
    (entry,) = town.queued()
    assert isinstance(entry, QueuedMessage)
    assert (entry.echo, entry.chat) == (True, "5521")
    message = contents.parse(entry.plain)
    assert message is not None
    assert message.device_sent.message.conversation == "já vou"


def test_a_device_writes_and_the_customer_answers_with_receipts(town: Town) -> None:
    town.messenger.receive(town.maria, town.played.seal(town.maria, contents.text("olá").plain))
    assert town.kinds() == ["arrived"]
    assert [entry.type for entry in town.queued()] == [""]
    assert town.messenger.read(town.maria) == 1
    assert [entry.type for entry in town.queued()] == ["", "read"]
    assert town.messenger.read(town.maria) == 0


def test_a_phone_that_reads_at_once(town: Town) -> None:
    town.maria.reads = True
    town.messenger.receive(town.maria, town.played.seal(town.maria, contents.text("olá").plain))
    assert [entry.type for entry in town.queued()] == ["", "read"]


def test_a_switched_off_phone_keeps_order(town: Town) -> None:
    town.messenger.switch(town.maria, online=False)
    for number in range(3):
        sealed = town.played.seal(town.maria, contents.text(f"m{number}").plain, f"3EB{number}")
        sealed.sent_at = number
        town.messenger.receive(town.maria, sealed)
    bubble = town.messenger.write(town.owner, town.maria, contents.text("do telefone"))
    assert (town.kinds(), bubble.state) == (["written"], "sent")
    town.messenger.switch(town.maria, online=True)
    arrived = [entry["text"] for entry in town.state.ledger.after(0, 100) if entry["kind"] == "arrived"]
    assert arrived == ["m0", "m1", "m2"]
    assert bubble.state == "delivered"


def test_the_same_frame_twice_is_one_message(town: Town) -> None:
    sealed = town.played.seal(town.maria, contents.text("olá").plain)
    town.messenger.receive(town.maria, sealed)
    town.messenger.receive(town.maria, sealed)
    assert town.kinds() == ["arrived", "repeated"]
    assert len(town.messenger.chats.chat("5521", "5511")) == 1


def test_the_same_id_sealed_anew_is_one_bubble_and_counted_twice(town: Town) -> None:
    for _ in range(2):
        town.messenger.receive(town.maria, town.played.seal(town.maria, contents.text("olá").plain))
    assert [entry["same_id"] for entry in town.state.ledger.after(0, 100)] == [1, 2]
    assert len(town.messenger.chats.chat("5521", "5511")) == 1


def test_an_unreadable_message_is_asked_for_again_but_not_for_ever(town: Town) -> None:
    town.messenger.receive(town.maria, town.played.seal(town.maria, contents.text("a").plain))
    broken = town.played.seal(town.maria, contents.text("b").plain, "3EB1")
    broken.sealed = broken.sealed[:-8] + bytes([broken.sealed[-8] ^ 1]) + broken.sealed[-7:]  # inside the MAC
    for _ in range(MOST_RETRIES + 2):
        town.messenger.receive(town.maria, broken)
    asked = [entry for entry in town.queued() if isinstance(entry, QueuedReceipt) and entry.type == "retry"]
    assert [entry.retry for entry in asked] == list(range(1, MOST_RETRIES + 1))


def test_bytes_that_are_no_message(town: Town) -> None:
    town.messenger.receive(town.maria, town.played.seal(town.maria, b"\xff\xff"))
    assert town.kinds() == ["unparsable"]


def test_a_device_that_could_not_read_gets_it_sealed_anew(town: Town) -> None:
    town.messenger.write(town.maria, town.owner, contents.text("oi"))
    (first,) = town.queued()
    assert isinstance(first, QueuedMessage)
    sealed = town.messenger.seal(town.played.device, first)
    assert town.messenger.resend(town.played.device, first.wa_id, 1, None)
    again = town.queued()[1]
    assert isinstance(again, QueuedMessage)
    assert (again.retry, again.handed) == (1, 0)
    assert town.messenger.seal(town.played.device, again) != sealed
    assert not town.messenger.resend(town.played.device, "unknown", 1, None)
    assert not town.messenger.resend(town.played.device, first.wa_id, MOST_RETRIES + 1, None)


def test_ticks_only_go_forward(town: Town) -> None:
    bubble = town.messenger.write(town.maria, town.owner, contents.text("oi"))
    moves: list[Callable[[], None]] = [
        lambda: town.messenger.tick(town.maria, "5511", bubble.wa_id, "read"),
        lambda: town.messenger.tick(town.maria, "5511", bubble.wa_id, "delivered"),
        lambda: town.messenger.tick(town.maria, "5511", "unknown", "read"),
    ]
    for move in moves:
        move()
    assert bubble.state == "read"
