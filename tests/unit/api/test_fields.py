"""What does not fit is told in words that say what to do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest

from recado_api.http.fields import in_words

DOCUMENT = Path(__file__).parents[3] / "frontend" / "openapi.json"


def misfit(kind: Any, value: object) -> str:
    with pytest.raises(msgspec.ValidationError) as refused:
        msgspec.convert(value, kind)
    return str(refused.value).split(" - ", maxsplit=1)[0]


def patterns(part: Any) -> Iterator[str]:
    """Every pattern that stands anywhere in the document."""
    if isinstance(part, dict) and isinstance(part.get("pattern"), str):
        yield part["pattern"]
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from patterns(inner)


def test_every_pattern_of_the_api_has_its_sentence() -> None:
    found = set(patterns(json.loads(DOCUMENT.read_text())))
    assert len(found) >= 3
    for pattern in found:
        kind = Annotated[str, msgspec.Meta(pattern=pattern)]
        assert "regex" not in in_words(misfit(kind, "\0" if pattern != r"\S" else " "))


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (Annotated[str, msgspec.Meta(min_length=3)], "a", "Write 3 or more characters"),
        (Annotated[str, msgspec.Meta(max_length=3)], "abcd", "Write 3 or fewer characters"),
        (Annotated[int, msgspec.Meta(ge=-2)], -3, "Give -2 or more"),
        (str, 7, "Give a text"),
        (str | None, 7, "Give a text"),
        (bool, "x", "Give true or false"),
    ],
)
def test_limits_and_kinds_are_told_in_words(kind: Any, value: object, said: str) -> None:
    assert in_words(misfit(kind, value)) == said


def test_what_is_not_in_the_table_is_told_as_it_is() -> None:
    assert in_words(misfit(set[str], 7)) == "Expected `array`, got `int`"
