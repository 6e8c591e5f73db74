"""One running installation for the whole folder, started as people start it."""

from collections.abc import Iterator

import pytest
from tests.support.stack import RecadoStack


@pytest.fixture(scope="session")
def stack() -> Iterator[RecadoStack]:
    with RecadoStack() as running:
        yield running


@pytest.fixture(scope="session")
def linked(stack: RecadoStack) -> dict[str, object]:
    """A connection that is online."""
    return stack.link("Loja")
