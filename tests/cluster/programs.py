"""The programs a cluster is made of: built from `tools/` once, found in a cache outside the repository."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD_SECONDS = 3600


@cache
def folder(group: str) -> Path:
    """The `bin` of a group of tools (control, kwok, node, runtime, dns, rules); built when it is not there yet."""
    command = [str(ROOT / "scripts" / "cluster-tools"), group]
    built = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=BUILD_SECONDS)  # noqa: S603
    if built.returncode != 0:
        raise RuntimeError(f"The programs of tests/cluster/tools/{group} are missing; scripts/cluster-tools said why.")
    return Path(built.stdout.strip())


def program(group: str, name: str) -> str:
    return str(folder(group) / name)
