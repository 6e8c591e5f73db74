"""How hard each fault is tried: short in `make test`, as promised in `make test-faults`."""

import msgspec
import pytest


class Load(msgspec.Struct, frozen=True, kw_only=True):
    messages: int
    """Texts that customers write, or that agents send."""
    chats: int
    rate: float
    """Messages a second."""
    faults: int
    """How often the fault is injected, spread over the load."""


def short_and_full(short: Load, full: Load) -> pytest.MarkDecorator:
    """Parametrises a module's test with its two loads; the full one carries the marker `full`."""
    loads = [pytest.param(short, id="short"), pytest.param(full, id="full", marks=pytest.mark.full)]
    return pytest.mark.parametrize("load", loads)
