"""Free ports below those that the kernel gives to clients, so that nobody takes them before our servers do."""

import random
from collections.abc import Iterator
from itertools import islice

from recado_local.ports import free

LOWEST, HIGHEST = 20000, 32000


def free_ports() -> tuple[int, int, int]:
    """For the API server, etcd and its peers."""
    first, second, third = islice(_free(), 3)
    return first, second, third


def _free() -> Iterator[int]:
    candidates = list(range(LOWEST, HIGHEST))
    random.SystemRandom().shuffle(candidates)
    yield from filter(free, candidates)
