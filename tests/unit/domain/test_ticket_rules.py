import base64
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_domain.errors import CursorInvalidError
from recado_domain.tickets.rules import PREVIEW_LENGTH, Position, decode_position, encode_position, preview_of

positions = st.builds(Position, st.datetimes(timezones=st.just(UTC)), st.uuids())


@given(positions)
def test_a_position_survives_the_journey(position: Position) -> None:
    assert decode_position(encode_position(position)) == position


@given(st.text())
def test_anything_else_is_refused(raw: str) -> None:
    with pytest.raises(CursorInvalidError):
        decode_position(raw)


@pytest.mark.parametrize(
    "inside",
    [
        b'["2026-03-02T09:00:00","01a2088a-137e-776a-813c-2c3ce5eb7a00"]',  # a time without zone
        b'["2026-03-02T09:00:00Z"]',
        b'["2026-03-02T09:00:00Z","x"]',
        b"{}",
        b"\xff",
    ],
)
def test_a_cursor_with_something_else_inside_is_refused(inside: bytes) -> None:
    with pytest.raises(CursorInvalidError, match="Start again"):
        decode_position(base64.urlsafe_b64encode(inside).decode())


@given(st.text())
def test_a_preview_is_one_short_line(text: str) -> None:
    preview = preview_of(text)
    assert len(preview) <= PREVIEW_LENGTH
    assert preview == " ".join(preview.split())


def test_a_preview_says_when_it_left_something_out() -> None:
    assert preview_of("  Bom\n dia ") == "Bom dia"
    assert preview_of("x" * PREVIEW_LENGTH) == "x" * PREVIEW_LENGTH
    assert preview_of("x" * (PREVIEW_LENGTH + 1)) == "x" * (PREVIEW_LENGTH - 1) + "…"
