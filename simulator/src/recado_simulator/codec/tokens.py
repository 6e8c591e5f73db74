"""The token dictionary of WhatsApp's binary XML: common strings become one or two bytes.

The strings are not ours, so they are not in this repository: they are read from the client library that is installed
anyway (about a second), and remembered in the cache directory of the machine under the library's digest.
"""

import hashlib
import importlib.util
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_simulator.codec.library_strings import LibraryStrings

SINGLE_COUNT = 236
DOUBLE_COUNT = 256

_SINGLE_HEAD = ("xmlstreamstart", "xmlstreamend")
_DOUBLE_HEADS = (
    ("read-self", "active"),
    ("reject", "dirty"),
    ("64", "ptt_playback_speed_enabled"),
    ("1724", "profile_picture"),
)


@dataclass(frozen=True)
class Tokens:
    single: tuple[str, ...]
    double: tuple[tuple[str, ...], ...]
    codes: dict[str, bytes]
    """What `text` is written as; absent when it has no token."""


@cache
def tokens() -> Tokens:
    single, *double = _tables(_library())
    codes = {text: bytes([0xEC + book, index]) for book, table in enumerate(double) for index, text in enumerate(table)}
    codes |= {text: bytes([index]) for index, text in enumerate(single) if text}
    return Tokens(tuple(single), tuple(tuple(table) for table in double), codes)


def _library() -> Path:
    found = importlib.util.find_spec("neonize")
    folder = Path(found.origin).parent if found and found.origin else None
    libraries = sorted(folder.glob("neonize-linux-*.so")) if folder else []
    if not libraries:
        raise ConfigurationError(
            "The simulator reads its token dictionary from neonize, which is not installed for this system. "
            "Install it: pip install neonize==0.5.2 (Linux with glibc)."
        )
    return libraries[0]


def _tables(library: Path) -> list[list[str]]:
    digest = hashlib.sha256(library.read_bytes()).hexdigest()[:24]
    cached = _cache_directory() / f"tokens-{digest}.json"
    if cached.exists():
        return [list(table) for table in json.loads(cached.read_text())]
    found = recover(library)
    cached.parent.mkdir(parents=True, exist_ok=True)
    fresh = cached.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(found))
    fresh.replace(cached)
    return found


def recover(library: Path) -> list[list[str]]:
    """The single-byte table and the four double-byte tables."""
    strings = LibraryStrings(library)
    single = next(strings.tables(*_SINGLE_HEAD, SINGLE_COUNT - 1), None)
    double = [next(strings.tables(*head, DOUBLE_COUNT), None) for head in _DOUBLE_HEADS]
    tables = [None if single is None else ["", *single], *double]
    if any(table is None for table in tables):
        raise ConfigurationError(
            f"{library.name} has no token dictionary in the form we know. Install neonize==0.5.2, or teach "
            "recado_simulator.codec.tokens the new form."
        )
    return [table for table in tables if table is not None]


def _cache_directory() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")  # noqa: PTH111, PTH118 - Path.home() raises without a home
    return Path(base) / "recado"
