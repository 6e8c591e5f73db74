"""The dictionary is read once from the library and remembered; another library is refused with a way out."""

import json
from pathlib import Path

import pytest

from recado_core.errors import ConfigurationError
from recado_simulator.codec import tokens
from recado_simulator.codec.library_strings import LibraryStrings


def test_the_second_start_reads_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tokens.tokens.cache_clear()
    first = tokens.tokens()
    (cached,) = (tmp_path / "recado").iterdir()
    tables = json.loads(cached.read_text())
    tables[0][1] = "seen from the cache"
    cached.write_text(json.dumps(tables))
    tokens.tokens.cache_clear()
    assert tokens.tokens().single[1] == "seen from the cache"
    monkeypatch.undo()
    tokens.tokens.cache_clear()
    assert tokens.tokens() == first


def test_a_file_that_is_no_library(tmp_path: Path) -> None:
    other = tmp_path / "neonize-linux-amd64.so"
    other.write_bytes(b"MZ" + bytes(100))
    with pytest.raises(ValueError, match="install neonize for Linux"):
        LibraryStrings(other)


def test_a_library_without_the_dictionary(tmp_path: Path) -> None:
    other = tmp_path / "neonize-linux-amd64.so"
    other.write_bytes(b"\x7fELF\x02" + bytes(200))
    with pytest.raises(ConfigurationError, match=r"neonize==0\.5\.2"):
        tokens.recover(other)
