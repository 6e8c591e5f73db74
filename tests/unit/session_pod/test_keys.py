"""The names of events: the same event has the same name for ever, another event has another."""

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from recado_core.engine import schema_pb2 as schema
from recado_session.engine import keys
from recado_session.gateway import InboundKind


def info(identifier: str = "A", *, chat: str = "1", sender: str = "1", category: str = "", at: int = 1) -> schema.Info:
    source = schema.Source(
        chat=schema.Jid(user=chat.encode(), server=b"lid"), sender=schema.Jid(user=sender.encode(), server=b"lid")
    )
    return schema.Info(source=source, id=identifier.encode(), category=category.encode(), timestamp_ms=at)


def message(about: schema.Info) -> keys.Event:
    return schema.Message(info=about)


def receipt(*ids: str, kind: int = 1, at: int = 1) -> keys.Event:
    return schema.Receipt(source=info().source, message_ids=[one.encode() for one in ids], timestamp_s=at, type=kind)


def key(kind: InboundKind, event: keys.Event) -> str:
    return keys.key_of(kind, keys.decode(kind, event.SerializeToString()))


def test_a_message_that_is_delivered_again_keeps_its_key() -> None:
    assert key("message", message(info(at=1))) == key("message", message(info(at=2)))
    assert len(key("message", message(info()))) == keys.LENGTH


@pytest.mark.parametrize("other", [info("B"), info(chat="2"), info(sender="2")])
def test_other_messages_have_other_keys(other: schema.Info) -> None:
    assert key("message", message(info())) != key("message", message(other))


def test_an_undecryptable_message_is_another_event_than_the_message_that_follows() -> None:
    waiting = schema.Undecryptable(info=info())
    assert key("undecryptable", waiting) != key("message", message(info()))


def test_receipts_differ_by_ids_type_and_time() -> None:
    events = [receipt("A"), receipt("A", "B"), receipt("A", kind=4), receipt("A", at=2)]
    assert len({key("receipt", event) for event in events}) == len(events)
    assert key("receipt", receipt("A")) == key("receipt", receipt("A"))


@given(st.sampled_from(["message", "receipt", "undecryptable"]), st.binary())
def test_every_bytes_have_a_key(kind: InboundKind, raw: bytes) -> None:
    try:
        found = keys.key_of(kind, keys.decode(kind, raw))
    except DecodeError:
        found = keys.key_of_unreadable(kind, raw)
    assert len(found) == keys.LENGTH


def test_unreadable_bytes_are_told_apart() -> None:
    assert keys.key_of_unreadable("message", b"\xff") == keys.key_of_unreadable("message", b"\xff")
    assert keys.key_of_unreadable("message", b"\xff") != keys.key_of_unreadable("message", b"\xfe")


def test_only_talk_between_own_devices_is_left_out() -> None:
    assert keys.is_between_own_devices(message(info(category="peer")))
    assert not keys.is_between_own_devices(message(info()))
    assert not keys.is_between_own_devices(receipt("A"))
