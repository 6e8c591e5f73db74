"""Starts a stack in which one guarantee is switched off. Its module must fail there, or it proves nothing."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.stack import RecadoStack

SABOTAGE = Path(__file__).with_name("sabotage")


@contextmanager
def sabotaged(twin: str) -> Iterator[RecadoStack]:
    """A linked stack of which every process runs with `twin` (see sabotage/twins.py)."""
    search = os.pathsep.join(filter(None, [str(SABOTAGE), os.environ.get("PYTHONPATH")]))
    with RecadoStack({"PYTHONPATH": search, "RECADO_TWIN": twin}) as stack:
        stack.link("Loja")
        yield stack
