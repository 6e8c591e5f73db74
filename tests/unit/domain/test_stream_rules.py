import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_domain.errors import CursorInvalidError
from recado_domain.streams.rules import MAXIMUM_STREAMS, format_cursor, parse_cursor, queue_stream

names = st.one_of(st.just("company"), st.uuids().map(queue_stream), st.uuids().map(lambda user: f"user:{user}"))


@given(st.dictionaries(names, st.integers(0, 10**18 - 1)))
def test_a_cursor_survives_the_journey(cursor: dict[str, int]) -> None:
    assert parse_cursor(format_cursor(cursor)) == cursor


@pytest.mark.parametrize(
    "raw",
    [
        "company",
        "company=",
        "company=-1",
        "company=01",
        "company=1,",
        "company=1;queue:x=2",
        "queue:x=1",
        "galaxy=1",
        "company=1,company=2",
        "company=9999999999999999999",
        " company=1",
        ",".join(["company=1"] * (MAXIMUM_STREAMS + 1)),
    ],
)
def test_anything_else_is_refused(raw: str) -> None:
    with pytest.raises(CursorInvalidError, match="bootstrap"):
        parse_cursor(raw)
