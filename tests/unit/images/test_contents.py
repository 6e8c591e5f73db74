"""What goes into each Python image, as the lock and images/build/contexts.sh decide."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from recado_session.engine.library import UNUSED

ROOT = Path(__file__).parents[3]
DISTRIBUTION = {"magic": "python-magic"}
"""Where a module's name is not its distribution's."""
WEB = {"litestar", "granian", "sqlalchemy", "alembic", "saq", "python-socketio", "aiohttp", "starlette"}


def requirements(package: str) -> set[str]:
    uv = shutil.which("uv") or next(map(str, ROOT.glob(".cache/uv-*/bin/uv")))
    script = f'uv={uv}; source images/build/contexts.sh; requirements "$1" --no-emit-workspace --no-hashes'
    answer = subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", "-euc", script, "bash", package], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(re.findall(r"(?m)^([a-z0-9-]+)(?:\[.*\])?==", answer.stdout))


def test_a_session_has_the_engine_and_no_web_stack() -> None:
    found = requirements("session")
    assert "neonize" in found
    assert not found & WEB


def test_a_session_has_nothing_that_its_library_loader_stands_in_for() -> None:
    modules = {name.partition(".")[0] for name in UNUSED}
    assert not requirements("session") & {DISTRIBUTION.get(name, name) for name in modules}


@pytest.mark.parametrize("package", ["api", "worker", "operator"])
def test_only_session_and_simulator_have_the_engine(package: str) -> None:
    assert "neonize" not in requirements(package)


def test_the_operator_has_no_business_and_no_web_stack() -> None:
    assert requirements("operator") & WEB == {"aiohttp"}  # the client that kopf watches with


@pytest.mark.parametrize("package", ["api", "worker", "session", "operator", "simulator"])
def test_nothing_of_development_is_shipped(package: str) -> None:
    assert not requirements(package) & {"pytest", "ruff", "mypy", "hypothesis", "playwright", "coverage"}
