"""What a cluster could leave on the machine, as one comparable value."""

import subprocess
from pathlib import Path
from typing import NamedTuple

import psutil
from tests.cluster import cgroups
from tests.cluster.machine import ASSUMED_SETTINGS


class Host(NamedTuple):
    interfaces: frozenset[str]
    mounts: tuple[str, ...]
    firewall: str
    cgroups: frozenset[str]
    settings: tuple[str, ...]


def look(owner: int) -> Host:
    """Cgroups are those of the process `owner`; other tests may have their own."""
    group = f"{cgroups.PREFIX}{owner}-*"
    return Host(
        interfaces=frozenset(psutil.net_if_stats()),
        mounts=tuple(sorted(Path("/proc/self/mounts").read_text().splitlines())),
        firewall=_firewall(),
        cgroups=frozenset(each.name for root in cgroups.hierarchies() for each in root.glob(group)),
        settings=tuple(Path("/proc/sys", name).read_text() for name in (*ASSUMED_SETTINGS, "net/ipv4/ip_forward")),
    )


def processes(directory: Path) -> list[str]:
    """Command lines that name the directory of a cluster."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(directory) in line:
            found.append(line)
    return found


def _firewall() -> str:
    """The rules without counters and times, which change by themselves."""
    saved = subprocess.run(["iptables-save"], capture_output=True, text=True, check=False).stdout  # noqa: S607 - of the path
    return "\n".join(line.split(" [")[0] for line in saved.splitlines() if not line.startswith("#"))
