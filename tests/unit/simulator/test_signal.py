"""Our initiator against our responder: any order, both ways, and nothing that garbage could break."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recado_simulator.crypto import ratchet, signal
from recado_simulator.crypto.curve import KeyPair
from recado_simulator.crypto.ratchet import DecryptionError, RepeatedMessageError
from recado_simulator.crypto.signal import Bundle, Conversation, Envelope, OwnKeys


class Side:
    def __init__(self) -> None:
        self.keys = OwnKeys(KeyPair.generate(), 7, 1, KeyPair.generate(), {9: KeyPair.generate()})
        self.conversation = Conversation()

    def bundle(self, *, one_time: bool = True) -> Bundle:
        extra = (9, self.keys.one_time[9].public) if one_time else (None, None)
        return Bundle(self.keys.identity.public, 7, 1, self.keys.signed.public, *extra)

    def write(self, text: bytes) -> Envelope:
        return self.conversation.encrypt(text)

    def read(self, envelope: Envelope) -> bytes:
        return self.conversation.decrypt(self.keys, *envelope)


def pair(*, one_time: bool = True) -> tuple[Side, Side]:
    alice, bob = Side(), Side()
    alice.conversation.open(alice.keys, bob.bundle(one_time=one_time))
    return alice, bob


@pytest.mark.parametrize("one_time", [True, False])
def test_the_first_words(one_time: bool) -> None:  # noqa: FBT001 - a parameter of the test
    alice, bob = pair(one_time=one_time)
    first = alice.write(b"hello")
    assert first.kind == "pkmsg"
    assert bob.read(first) == b"hello"
    answer = bob.write(b"hi")
    assert answer.kind == "msg"
    assert alice.read(answer) == b"hi"
    assert alice.write(b"now short").kind == "msg"


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_order_of_arrival(steps: list[tuple[bool, int]]) -> None:
    """Both write; what was written waits on the road and is taken from it in any order."""
    alice, bob = pair()
    assert bob.read(alice.write(b"first")) == b"first"
    roads: dict[bool, list[tuple[bytes, Envelope]]] = {True: [], False: []}
    for number, (from_alice, pick) in enumerate(steps):
        writer, reader = (alice, bob) if from_alice else (bob, alice)
        roads[from_alice].append((b"%d" % number, writer.write(b"%d" % number)))
        if pick % 3:
            text, envelope = roads[from_alice].pop(pick % len(roads[from_alice]))
            assert reader.read(envelope) == text
    for from_alice, reader in ((True, bob), (False, alice)):
        for text, envelope in roads[from_alice]:
            assert reader.read(envelope) == text


def test_the_same_message_is_read_once() -> None:
    alice, bob = pair()
    first = alice.write(b"once")
    bob.read(first)
    with pytest.raises(RepeatedMessageError):
        bob.read(first)


def test_a_skipped_message_is_read_once() -> None:
    alice, bob = pair()
    late, early = alice.write(b"late"), alice.write(b"early")
    assert bob.read(early) == b"early"
    assert bob.read(late) == b"late"
    with pytest.raises(RepeatedMessageError):
        bob.read(late)


def test_a_one_time_key_opens_one_session() -> None:
    alice, bob = pair()
    bob.read(alice.write(b"first"))
    assert bob.keys.one_time == {}
    other = Side()
    other.conversation.open(other.keys, Bundle(bob.keys.identity.public, 7, 1, bob.keys.signed.public, 9, b"\x09" * 32))
    with pytest.raises(DecryptionError, match="used up"):
        bob.read(other.write(b"again"))


def test_both_open_at_the_same_time() -> None:
    alice, bob = pair()
    bob.conversation.open(bob.keys, alice.bundle())
    from_alice, from_bob = alice.write(b"from alice"), bob.write(b"from bob")
    assert bob.read(from_alice) == b"from alice"
    assert alice.read(from_bob) == b"from bob"
    for number in range(4):
        assert bob.read(alice.write(b"%d" % number)) == b"%d" % number
        assert alice.read(bob.write(b"%d" % number)) == b"%d" % number


def test_a_renewed_session_takes_over_and_the_old_one_still_reads() -> None:
    alice, bob = pair()
    bob.read(alice.write(b"old"))
    on_the_road = alice.write(b"on the road")
    alice.conversation.open(alice.keys, bob.bundle(one_time=False))
    assert bob.read(alice.write(b"new")) == b"new"
    assert bob.read(on_the_road) == b"on the road"
    assert alice.read(bob.write(b"answer")) == b"answer"


def test_few_sessions_are_kept() -> None:
    alice, bob = pair()
    for _ in range(signal.MOST_SESSIONS + 3):
        alice.conversation.open(alice.keys, bob.bundle())
    assert len(alice.conversation.sessions) == signal.MOST_SESSIONS


def _flip(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


@pytest.mark.parametrize(
    "harm", [_flip(-1), _flip(-12), _flip(3), lambda data: data[:-20], lambda _: b"", lambda _: b"\x33"]
)
@pytest.mark.parametrize("opening", [True, False])
def test_garbage_changes_nothing(harm: Callable[[bytes], bytes], opening: bool) -> None:  # noqa: FBT001 - a parameter
    alice, bob = pair()
    if not opening:
        bob.read(alice.write(b"first"))
        alice.read(bob.write(b"second"))
    good = alice.write(b"good")
    before = msgspec.json.encode(bob.conversation)
    with pytest.raises(DecryptionError):
        bob.read(Envelope(good.kind, harm(good.data)))
    assert msgspec.json.encode(bob.conversation) == before
    assert bob.read(good) == b"good"


def test_too_many_missing_messages_are_refused() -> None:
    alice, bob = pair()
    bob.read(alice.write(b"first"))
    for _ in range(ratchet.MOST_SKIPPED + 1):
        alice.write(b"lost")
    with pytest.raises(DecryptionError, match="missing"):
        bob.read(alice.write(b"far"))


def test_a_stranger_without_session() -> None:
    alice, bob = pair()
    bob.read(alice.write(b"first"))
    alice.read(bob.write(b"second"))
    with pytest.raises(DecryptionError, match="no session"):
        Side().read(alice.write(b"for bob"))


def test_a_session_survives_being_written_down() -> None:
    alice, bob = pair()
    skipped, read = alice.write(b"skipped"), alice.write(b"read")
    bob.read(read)
    kept = msgspec.msgpack.encode(bob.conversation)
    bob.conversation = msgspec.msgpack.decode(kept, type=Conversation)
    assert bob.read(skipped) == b"skipped"
    assert alice.read(bob.write(b"answer")) == b"answer"
