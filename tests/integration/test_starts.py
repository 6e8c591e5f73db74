"""Each process without its settings: ended at once, with exit code 78 and one sentence that names what is missing.

At once means before what takes a second or two to load (`late`), and much longer on a busy machine.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recado_core.session_states import ExitCode

LOADED = "import time:"


def start(*words: str) -> tuple[int, list[str], str]:
    """The exit code, what was said, and the list of what was loaded."""
    ended = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-X", "importtime", "-m", *words],
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    lines = ended.stderr.splitlines()
    loaded = "\n".join(line for line in lines if line.startswith(LOADED))
    return ended.returncode, [line for line in lines if not line.startswith(LOADED)], loaded


@pytest.mark.parametrize(
    ("module", "missing", "late"),
    [
        ("recado_api", "DB_HOST", "litestar"),
        ("recado_worker", "DB_HOST", "sqlalchemy"),
        ("recado_session", "RECADO_EPOCH", None),
        ("recado_simulator", "--data-dir", None),
        ("recado_local.operator", "RECADO_DATA_DIR", None),
    ],
)
def test_without_settings_it_ends_at_once(module: str, missing: str, late: str | None) -> None:
    code, said, loaded = start(module)
    assert code == ExitCode.CONFIGURATION
    assert len(said) == 1, said
    assert f"{missing} is missing" in said[0]
    assert "recado_core" in loaded
    assert late is None or late not in loaded


def test_a_simulator_that_cannot_keep_its_data_says_so(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    code, said, _ = start("recado_simulator", "--data-dir", str(tmp_path / "taken"))
    assert code == ExitCode.CONFIGURATION
    [sentence] = said
    assert sentence.startswith(f"The data directory {tmp_path / 'taken'} cannot be used: ")
    assert sentence.endswith("Choose another with --data-dir.")
