"""One running product for all modules whose fault heals by itself; sabotaged twins start their own."""

from collections.abc import Iterator

import pytest
from tests.support.stack import RecadoStack

CONNECTION = "Loja"


@pytest.fixture(scope="session")
def linked_stack() -> Iterator[RecadoStack]:
    """`recado up` with one connection, linked and online."""
    with RecadoStack() as stack:
        stack.link(CONNECTION)
        yield stack


@pytest.fixture
def session_name(linked_stack: RecadoStack) -> str:
    return connection_name(linked_stack)


def connection_name(stack: RecadoStack) -> str:
    """The resource name of the only connection: what its session process is called in the status."""
    items = stack.api.call("GET", "/connections")["items"]
    name: str = items[0]["name"]
    return name
