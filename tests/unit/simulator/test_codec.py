import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recado_simulator.codec import tokens
from recado_simulator.codec.decoder import MalformedStanzaError, decode
from recado_simulator.codec.encoder import encode
from recado_simulator.codec.nodes import Jid, Node, lid_jid, phone_jid

words = st.one_of(
    st.text(max_size=300),
    st.sampled_from(sorted(tokens.tokens().codes)),
    st.text("0123456789-.", min_size=1, max_size=130),
    st.text("0123456789ABCDEF", min_size=1, max_size=130),
)
tags = words.filter(bool)
jids = st.one_of(
    st.builds(phone_jid, st.text("0123456789", min_size=1, max_size=15), st.integers(0, 255)),
    st.builds(lid_jid, st.text("0123456789", min_size=1, max_size=15), st.integers(0, 255)),
    st.builds(Jid, st.text(max_size=20), st.sampled_from(["g.us", "s.whatsapp.net", "broadcast"])),
)
attributes = st.dictionaries(tags, st.one_of(words, jids), max_size=6)
leaves = st.builds(Node, tags, attributes, st.one_of(st.none(), st.binary(max_size=400)))
nodes = st.recursive(
    leaves, lambda inner: st.builds(Node, tags, attributes, st.lists(inner, max_size=4)), max_leaves=12
)


@given(nodes)
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_again(node: Node) -> None:
    assert decode(encode(node)) == node


@given(st.binary(max_size=200))
@settings(max_examples=400, deadline=None)
def test_garbage_is_refused_and_nothing_else_happens(frame: bytes) -> None:
    with suppress(MalformedStanzaError):
        assert decode(frame).tag


@given(nodes, st.data())
@settings(max_examples=100, deadline=None)
def test_a_cut_stanza_is_refused(node: Node, data: st.DataObject) -> None:
    frame = encode(node)
    cut = data.draw(st.integers(0, len(frame) - 1))
    with pytest.raises(MalformedStanzaError):
        decode(frame[:cut])


@pytest.mark.parametrize("size", [0, 255, 256, (1 << 20) - 1, 1 << 20])
def test_each_length_of_content(size: int) -> None:
    node = Node("enc", {}, bytes(size))
    assert decode(encode(node)) == node


def test_more_than_255_children() -> None:
    node = Node("list", {}, [Node("item", {"id": str(number)}) for number in range(300)])
    assert decode(encode(node)) == node


def test_common_words_are_short() -> None:
    assert len(encode(Node("message", {"type": "text", "to": phone_jid("5511988887777")}))) < 20


def test_a_compressed_frame() -> None:
    node = Node("receipt", {"id": "3A0"})
    assert decode(b"\x02" + zlib.compress(encode(node)[1:])) == node


def test_children_are_found_by_path() -> None:
    node = Node("iq", {}, [Node("usync", {}, [Node("list", {}, [Node("user", {"jid": phone_jid("5511")})])])])
    user = node.find("usync", "list", "user")
    assert user is not None
    assert user.jid("jid") == phone_jid("5511")
    assert node.find("usync", "absent", "user") is None


@pytest.mark.parametrize("text", ["5511999990000@s.whatsapp.net", "123:7@lid", "12036304@g.us", "s.whatsapp.net"])
def test_addresses_as_text(text: str) -> None:
    assert str(Jid.parse(text)) == text


def test_tokens_come_from_the_installed_library() -> None:
    known = tokens.tokens()
    assert len(known.single) == tokens.SINGLE_COUNT
    assert [len(book) for book in known.double] == [tokens.DOUBLE_COUNT] * 4
    assert known.codes["s.whatsapp.net"] == b"\x03"
    assert known.codes["read-self"] == b"\xec\x00"
