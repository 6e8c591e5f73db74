"""Where images/build/bases.sh takes Debian's packages from: where apt of this machine does."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]
DEB822 = "Types: deb\nURIs: http://mirror.example/debian/\nSuites: bookworm\n\nTypes: deb\nURIs: {}\nSuites: x\n"
SECURITY = "http://mirror.example/debian-security"


def found(apt: Path, name: str) -> str:
    script = 'set -euo pipefail; source images/build/bases.sh; mirror=$(own_mirrors "$1" "$2"); echo "$mirror"'
    command = ["bash", "-c", script, "bash", name, str(apt)]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603 - our own script
    return ran.stdout.strip()


def test_machines_without_the_old_file_have_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d/debian.sources").write_text(DEB822.format(SECURITY))
    assert found(tmp_path, "debian") == "http://mirror.example/debian"
    assert found(tmp_path, "debian-security") == SECURITY


def test_the_old_file_is_read_with_its_options(tmp_path: Path) -> None:
    (tmp_path / "sources.list").write_text(
        "# deb http://commented.example/debian bookworm main\n"
        "deb [signed-by=/usr/share/key.gpg arch=amd64] https://mirror.example/debian bookworm main\n"
        f"deb {SECURITY} bookworm-security main\n"
    )
    assert found(tmp_path, "debian") == "https://mirror.example/debian"
    assert found(tmp_path, "debian-security") == SECURITY


def test_other_repositories_and_files_that_apt_ignores_are_left_aside(tmp_path: Path) -> None:
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (folder / "node.sources").write_text("URIs: https://node.example/node_20.x\n")
    (folder / "old.list.disabled").write_text(f"deb {SECURITY} bookworm-security main\n")
    assert found(tmp_path, "debian") == found(tmp_path, "debian-security") == ""


def test_a_machine_without_apt_has_no_mirror(tmp_path: Path) -> None:
    assert found(tmp_path / "nowhere", "debian") == ""
