import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_simulator.phones import contents
from recado_simulator.phones.contents import UnknownContentError
from recado_simulator.wire.content_pb2 import Content


@given(st.text())
def test_text_is_read_as_it_was_written(words: str) -> None:
    message = contents.parse(contents.text(words).plain)
    assert message is not None
    assert contents.describe(message) == ("text", words)


@given(st.binary(max_size=100))
def test_padding_comes_off_again(plain: bytes) -> None:
    assert contents.unpad(contents.pad(plain)) == plain


@pytest.mark.parametrize(
    ("asked", "kind", "text"),
    [
        ({"kind": "text", "text": "oi"}, "text", "oi"),
        ({"kind": "image", "caption": "foto", "width": 10}, "image", "foto"),
        ({"kind": "audio", "voice": True, "seconds": 3}, "audio", ""),
        ({"kind": "document", "file_name": "nota.pdf"}, "document", "nota.pdf"),
        ({"kind": "location", "latitude": -23.5, "longitude": -46.6, "name": "Centro"}, "location", "Centro"),
        ({"kind": "contact", "display_name": "Ana"}, "contact", "Ana"),
    ],
)
def test_other_kinds(asked: dict[str, object], kind: str, text: str) -> None:
    written = contents.content(asked)
    message = contents.parse(written.plain)
    assert message is not None
    assert contents.describe(message) == (kind, text)
    assert (written.kind, written.text) == (kind, text)


def test_bytes_are_given_as_base64() -> None:
    key = base64.b64encode(b"k" * 32).decode()
    message = Content.FromString(contents.content({"kind": "image", "media_key": key}).plain)
    assert message.image.media_key == b"k" * 32


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"kind": "hologram"}, "Use one of"),
        ({"kind": "image", "colour": "red"}, "is no field"),
        ({"kind": "image", "width": "wide"}, "does not fit"),
        ({"kind": "image", "media_key": "a"}, "base64"),
        ({"kind": "reaction", "key": {}}, "raw_base64"),
    ],
)
def test_what_a_phone_cannot_write_is_told(asked: dict[str, object], told: str) -> None:
    with pytest.raises(UnknownContentError, match=told):
        contents.content(asked)


def test_raw_bytes_go_as_they_are() -> None:
    assert contents.raw(base64.b64encode(b"\xff\xff").decode()).plain == b"\xff\xff"
    with pytest.raises(UnknownContentError, match="Encode"):
        contents.raw("no base64!")


def test_an_echo_carries_the_message_and_its_destination() -> None:
    echo = contents.parse(contents.as_echo(contents.text("oi").plain, "123@lid"))
    assert echo is not None
    assert (echo.device_sent.destination_jid, echo.device_sent.message.conversation) == ("123@lid", "oi")
