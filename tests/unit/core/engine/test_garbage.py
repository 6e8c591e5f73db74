"""Whatever the bytes are, the answer is a struct or a DecodeError with a reason that PostgreSQL can store."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.core.engine import samples

from recado_core.engine import decode
from recado_core.engine.errors import DecodeError
from recado_core.engine.wire import Text

KINDS = ("message", "receipt", "undecryptable", "outbound_report", "session_state", "hologram")
VALID = {
    "message": samples.text("Olá, tudo bem?", samples.info(samples.source(alt=samples.MARIA_NUMBER))),
    "receipt": samples.receipt(["3EB0AA", "3EB0BB"]),
    "undecryptable": samples.undecryptable(),
}


def refusal(kind: str, raw: bytes) -> str | None:
    """The reason, or None when it was read; any other exception fails the test."""
    try:
        read = decode.event(kind, raw)
    except DecodeError as error:
        return error.detail
    msgspec.json.encode(read)
    return None


def read_or_refuse(kind: str, raw: bytes) -> None:
    reason = refusal(kind, raw)
    assert reason is None or 0 < len(reason) < 500
    assert "\0" not in (reason or "")
    (reason or "").encode()


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(KINDS), st.binary(max_size=400))
def test_noise(kind: str, raw: bytes) -> None:
    read_or_refuse(kind, raw)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(sorted(VALID)), st.data())
def test_damaged_events(kind: str, data: st.DataObject) -> None:
    raw = bytearray(VALID[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    read_or_refuse(kind, bytes(raw[:cut] if data.draw(st.booleans()) else raw))


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_any_text_comes_through_unchanged(text: str) -> None:
    if "\0" in text:
        assert refusal("message", samples.text(text))
    elif text:
        assert decode.message(samples.text(text)).content == Text(text)


def test_deep_nesting_is_refused() -> None:
    raw = b""
    for _ in range(5000):
        raw = b"\x0a" + len(raw).to_bytes(1, "big") + raw if len(raw) < 128 else b"\x0b" + raw
    read_or_refuse("message", raw)
