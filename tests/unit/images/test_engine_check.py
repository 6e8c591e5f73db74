"""The check that runs while an image with the engine is built. In a process of its own: it loads a Go runtime."""

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DIGESTS = ROOT / "images/engine/digests.txt"


def locked_version() -> str:
    match = re.search(r'name = "neonize"\nversion = "(.+)"', (ROOT / "uv.lock").read_text())
    assert match
    return match[1]


def check(packages: Path, version: str) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "images/engine/check.py"), str(packages), str(DIGESTS), version]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 - our own script
    return ended.returncode, ended.stderr


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder like site-packages that holds the installed native library."""
    spec = find_spec("neonize")
    assert spec
    assert spec.origin
    (library,) = Path(spec.origin).parent.glob("neonize-*.so")
    (tmp_path / "neonize").mkdir()
    shutil.copy(library, tmp_path / "neonize" / library.name)
    return tmp_path


def test_the_locked_engine_is_accepted(packages: Path) -> None:
    assert check(packages, locked_version()) == (0, "")


def test_one_changed_byte_is_refused(packages: Path) -> None:
    (library,) = (packages / "neonize").iterdir()
    content = bytearray(library.read_bytes())
    content[len(content) // 2] ^= 1
    library.write_bytes(content)
    code, said = check(packages, locked_version())
    assert code == 1
    assert "has the digest" in said


def test_another_version_is_refused(packages: Path) -> None:
    code, said = check(packages, "0.0.1")
    assert code == 1
    assert "the lock says 0.0.1" in said


def test_a_missing_library_is_refused(tmp_path: Path) -> None:
    code, said = check(tmp_path, locked_version())
    assert code == 1
    assert "must be one native library" in said
