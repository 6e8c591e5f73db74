"""One running product for each module whose fault heals by itself; sabotaged twins start their own."""

from collections.abc import Iterator

import pytest
from tests.support.stack import RecadoStack


@pytest.fixture(scope="module")
def linked_stack() -> Iterator[RecadoStack]:
    """`recado up` with one connection, linked and online."""
    with RecadoStack({"RECADO_UNCERTAIN_SECONDS": "10"}) as stack:
        stack.link("Loja")
        yield stack
