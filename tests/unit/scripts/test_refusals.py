"""What `make setup` and the search for a browser say on a machine that lacks something: one sentence with the way out.

Each test is a bare machine: a folder with the scripts, a PATH with nothing but what the test puts there, nobody's
rights. What must not be touched is a stand-in of two lines; the scripts themselves are the real ones.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"
BASH = shutil.which("bash") or "/bin/bash"
TOOLS = ("dirname", "mkdir", "rm", "id", "timeout", "chmod", "cat")
NOBODY = 65534

OLD = "exit 1"
GOOD = 'case "$*" in *sys.executable*) echo "$0";; *--version*) echo Python 3.13.1;; esac'
WITHOUT_VENV = f'case "$*" in *venv*) exit 1;; esac; {GOOD}'
MAKES_PIP = 'mkdir -p "$3/bin"; printf "#!/bin/sh\\nexit 1\\n" >"$3/bin/pip"; chmod +x "$3/bin/pip"'
WITHOUT_NETWORK = f'case "$*" in "-m venv"*) {MAKES_PIP};; *) {GOOD};; esac'


class Machine:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "bin"
        self._path.mkdir()
        shutil.copytree(SCRIPTS, folder / "scripts")
        for tool in TOOLS:
            (self._path / tool).symlink_to(shutil.which(tool) or tool)

    def add(self, name: str, script: str, folder: str = "bin") -> None:
        """A program: a shell script of one line."""
        program = self._folder / folder / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def run(self, script: str, **environ: str) -> tuple[int, str]:
        """The exit code, and all that was said. Never as root, who may do what these machines must not."""
        user = NOBODY if os.geteuid() == 0 else None
        if user is not None:
            os.chown(self._folder, user, user)
        done = subprocess.run(  # noqa: S603 - our own script
            [BASH, self._folder / "scripts" / script],
            env={"PATH": str(self._path), **environ},
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def machine() -> Iterator[Machine]:
    with tempfile.TemporaryDirectory(prefix="recado-bare-") as folder:
        Path(folder).chmod(0o755)
        yield Machine(Path(folder))


NO_PYTHON = (
    "There is no Python 3.11 or newer. Install it (Debian: apt-get install python3 python3-venv), "
    "then run make again.\n"
)


def test_without_python_it_is_asked_for(machine: Machine) -> None:
    assert machine.run("setup") == (1, NO_PYTHON)


def test_a_python_that_is_too_old_is_as_good_as_none(machine: Machine) -> None:
    machine.add("python3", OLD)
    assert machine.run("setup") == (1, NO_PYTHON)


@pytest.mark.parametrize("chosen", ["/nowhere/python3", "python9", "old python", ""])
def test_a_python_that_was_chosen_and_is_not_there_is_not_replaced_silently(machine: Machine, chosen: str) -> None:
    machine.add("python3", WITHOUT_VENV)
    machine.add("old python", OLD)
    code, said = machine.run("setup", RECADO_PYTHON=chosen)
    expected = f"RECADO_PYTHON names {chosen}, which is no Python 3.11 or newer. Give the path of one, or unset it.\n"
    assert code == 1
    assert (said == expected) is bool(chosen)


def test_the_python_that_was_chosen_is_taken(machine: Machine) -> None:
    machine.add("python3", OLD)
    machine.add("my python", WITHOUT_VENV)
    assert "apt-get install python3-venv" in machine.run("setup", RECADO_PYTHON="my python")[1]


NO_VENV = (
    "Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv. "
    "Then run make again.\n"
)
NO_UV = "uv could not be installed. Check the network and the settings of pip, then run make again.\n"


@pytest.mark.parametrize(("python", "said"), [(WITHOUT_VENV, NO_VENV), (WITHOUT_NETWORK, NO_UV)])
def test_what_python_lacks_is_asked_for(machine: Machine, python: str, said: str) -> None:
    machine.add("python3", python)
    assert machine.run("setup") == (1, said)


def test_packages_that_do_not_come_are_one_sentence(machine: Machine) -> None:
    machine.add("python3", GOOD)
    machine.add("uv", "exit 2")
    said = "The Python packages could not be installed. Check the network, then run make again.\n"
    assert machine.run("setup") == (1, said)


def test_a_python_without_redis_is_told_which_has_one(machine: Machine) -> None:
    machine.add("python3", GOOD)
    machine.add("uv", "exit 0")
    machine.add("python", "exit 1", folder=".venv/bin")
    code, said = machine.run("setup")
    assert code == 1
    assert said == (
        "There is no Redis for Python 3.13.1. Use Python 3.11 or 3.12 (RECADO_PYTHON=python3.12), "
        "or install redis-server 6.2 or newer.\n"
    )


NO_CHROMIUM = "The end-to-end tests need Chromium: install it, or set RECADO_CHROMIUM to its path.\n"


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_a_browser_that_is_there_is_enough(machine: Machine, name: str) -> None:
    machine.add(name, "exit 0")
    assert machine.run("browser") == (0, "")


def test_a_browser_that_was_chosen_is_enough(machine: Machine) -> None:
    machine.add("my chromium", "exit 0")
    assert machine.run("browser", RECADO_CHROMIUM="my chromium") == (0, "")


def test_a_browser_that_was_chosen_and_is_not_there_is_not_replaced_silently(machine: Machine) -> None:
    machine.add("chromium", "exit 0")
    said = "RECADO_CHROMIUM names /nowhere, which cannot be run. Give the path of a Chromium, or unset it.\n"
    assert machine.run("browser", RECADO_CHROMIUM="/nowhere") == (1, said)


def test_who_may_not_install_a_browser_is_asked_to(machine: Machine) -> None:
    machine.add("apt-get", "exit 0")
    assert machine.run("browser") == (1, NO_CHROMIUM)


@pytest.mark.parametrize(
    ("apt", "expected"),
    [("exit 0", (0, "Installing Chromium …\n")), ("exit 100", (1, f"Installing Chromium …\n{NO_CHROMIUM}"))],
)
def test_root_on_debian_installs_it_or_says_what_to_do(machine: Machine, apt: str, expected: tuple[int, str]) -> None:
    machine.add("apt-get", apt)
    machine.add("id", "echo 0")
    assert machine.run("browser") == expected
