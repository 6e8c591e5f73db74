import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_domain.companies.rules import MAXIMUM_SLUG, slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Café São João", "cafe-sao-joao"),
        ("  A & B!  ", "a-b"),
        ("株式会社", "company"),
        ("x" * 60, "x" * MAXIMUM_SLUG),
    ],
)
def test_short_names(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text())
def test_the_database_takes_every_short_name(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", slug_of(name))
    assert len(slug_of(name)) <= MAXIMUM_SLUG
