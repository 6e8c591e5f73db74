"""Points the engine at a simulated WhatsApp: replaces the root key that it trusts, in the memory of this process.

The key is a Go variable of 32 bytes in the mapped library. Exactly one occurrence may be found; anything else means a
library that we do not know, and then nothing is changed. The file on disk stays as it is.
"""

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_core.log import logger

log = logger(__name__)

PINNED = bytes.fromhex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b")
LIBRARY = "/neonize-"
MAPS = Path("/proc/self/maps")

_WRITABLE = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ \S+ *(.*)$", re.MULTILINE)


def replace_root_key(key: bytes) -> None:
    """Raises ConfigurationError unless the pinned key stands in exactly one place."""
    places = [start + offset for start, data in _writable_library_memory() for offset in occurrences(data, PINNED)]
    if len(places) != 1:
        raise ConfigurationError(
            f"The engine's root key was found {len(places)} times, not once. Install the pinned release of neonize, "
            "or remove RECADO_SIMULATOR_ROOT_KEY to talk to the real WhatsApp."
        )
    ctypes.memmove(places[0], key, len(key))
    log.warning("SIMULATED WHATSAPP: the engine trusts the key in RECADO_SIMULATOR_ROOT_KEY, not WhatsApp's")


def occurrences(data: bytes, wanted: bytes) -> Iterator[int]:
    offset = data.find(wanted)
    while offset >= 0:
        yield offset
        offset = data.find(wanted, offset + 1)


def writable_library_ranges(maps: str) -> Iterator[range]:
    """Of `/proc/<pid>/maps`. Memory without a file has no path, whatever the line after it says."""
    for start, end, path in _WRITABLE.findall(maps):
        if LIBRARY in path:
            yield range(int(start, 16), int(end, 16))


def _writable_library_memory() -> Iterator[tuple[int, bytes]]:
    for addresses in writable_library_ranges(MAPS.read_text()):
        yield addresses.start, ctypes.string_at(addresses.start, len(addresses))
