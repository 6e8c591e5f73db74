"""Whatever a person types, the resource's name is one that Kubernetes takes."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_api.connections.naming import resource_name
from recado_core.resources.metadata import ConnectionName


@given(st.text(min_size=1, max_size=60))
def test_every_name_is_a_resource_name(display_name: str) -> None:
    assert msgspec.convert(resource_name(display_name), ConnectionName)


@pytest.mark.parametrize(
    ("display_name", "begins"),
    [("Loja São João", "loja-sao-joao-"), ("  --  ", "whatsapp-"), ("日本", "whatsapp-"), ("x" * 60, "x" * 33 + "-")],
)
def test_people_recognise_their_words(display_name: str, begins: str) -> None:
    assert resource_name(display_name).startswith(begins)


def test_the_same_words_give_different_names() -> None:
    assert len({resource_name("Loja") for _ in range(50)}) > 45
