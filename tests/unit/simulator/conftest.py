from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recado_simulator.accounts.store import Store

OpenStore = Callable[[], Store]


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the test's one store, as often as it starts again; all are closed at the end."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(Store(tmp_path / "network.sqlite"))
        return opened[-1]

    yield again
    for store in opened:
        store.close()
