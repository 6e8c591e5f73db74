"""The cgroups of a node: a folder in each hierarchy (v1) or in the only one (v2), removed with all that is in it."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from tests.cluster.waiting import wait_for

ROOT = Path("/sys/fs/cgroup")
PREFIX = "recado-node-"
INHERITED = ("cpuset.cpus", "cpuset.mems")
"""A v1 cpuset starts empty, and nothing may run in an empty one."""


class Group:
    """Its name carries the owner's process id, so that what a killed test left can be told from what is in use."""

    def __init__(self, name: str) -> None:
        self.name = f"{PREFIX}{os.getpid()}-{name}-{secrets.token_hex(4)}"

    def make(self) -> None:
        sweep()
        for hierarchy in hierarchies():
            group = hierarchy / self.name
            group.mkdir(exist_ok=True)
            for setting in INHERITED:
                if (group / setting).exists() and not (group / setting).read_text().strip():
                    (group / setting).write_text((hierarchy / setting).read_text())

    def remove(self) -> None:
        """Call when its processes have ended; the kernel needs a moment to believe it."""
        wait_for(f"the cgroups of {self.name} are gone", lambda: _remove(self.name))


def hierarchies() -> list[Path]:
    if (ROOT / "cgroup.controllers").exists():
        return [ROOT]
    return [folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.is_symlink()]


def left() -> list[str]:
    """Names of groups that nobody owns any more."""
    names = {group.name for hierarchy in hierarchies() for group in hierarchy.glob(f"{PREFIX}*")}
    return sorted(name for name in names if not Path(f"/proc/{name.removeprefix(PREFIX).split('-')[0]}").exists())


def sweep() -> None:
    for name in left():
        _remove(name)


def _remove(name: str) -> bool:
    for hierarchy in hierarchies():
        for group in _deepest_first(hierarchy / name):
            with contextlib.suppress(OSError):
                group.rmdir()
    return not any((hierarchy / name).exists() for hierarchy in hierarchies())


def _deepest_first(group: Path) -> Iterator[Path]:
    for folder, _, _ in os.walk(group, topdown=False):
        yield Path(folder)
