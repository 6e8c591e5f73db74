"""A machine within this machine: process, mount and network namespaces of its own, as root.

Nothing of the host's network, mounts or firewall is touched, and tidying up is the kernel's work: when the machine's
first process ends, even by SIGKILL of the test, its processes, mounts, interfaces and rules are gone. Only its cgroups
have to be removed by hand (`cgroups.Group`). Users without root have no machines; they have the control plane and
fake nodes.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psutil
from tests.cluster.components import Component
from tests.cluster.programs import program
from tests.cluster.waiting import wait_for

COMMAND_SECONDS = 60
PRIVATE_FOLDERS = ("/var/lib", "/var/log")
"""Where the node's programs write without asking."""
ASSUMED_SETTINGS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
"""What a kubelet wants of the kernel as a whole. In its view it is so already: the host keeps what it has."""
TOOLS = {"ip": "iproute2", "nsenter": "util-linux", "unshare": "util-linux", "mount": "mount"}


class Namespaces:
    """New namespaces around one process, which becomes the first in them: what it leaves behind dies with it."""

    def wrap(self, command: Sequence[str]) -> Sequence[str]:
        kinds = ["--pid", "--mount", "--net", "--ipc"]
        return ["unshare", *kinds, "--fork", "--kill-child=SIGKILL", "--mount-proc", *command]

    def inner(self, pid: int) -> int:
        return child_of(pid)


class Machine:
    """`start` it, then run programs on it (`components.Component(place=machine)`), then `stop` it."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.directory = directory
        self.directory.mkdir(parents=True, exist_ok=True)
        self._first = Component(name, [program("runtime", "pause")], directory / "machine.log", Namespaces())
        self._init = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        require(TOOLS)
        self._first.start()
        self._init = wait_for(f"{self.name} has its first process", self._find_init)
        self._furnish()

    def stop(self) -> None:
        """Ends everything on it at once, as if its power was cut. Returns when all of it is gone."""
        self._first.kill()

    @property
    def running(self) -> bool:
        return self._first.running

    @property
    def network(self) -> str:
        """The file of its network namespace."""
        return f"/proc/{self._init}/ns/net"

    @property
    def init(self) -> int:
        return self._init

    def wrap(self, command: Sequence[str]) -> Sequence[str]:
        return ["nsenter", f"--target={self._init}", "--mount", "--net", "--ipc", "--pid", "--", *command]

    def inner(self, pid: int) -> int:
        return child_of(pid)

    def run(self, *command: str, given: str | None = None) -> str:
        """Runs a program on it to its end and answers what it printed."""
        return _run(self.wrap(command), given)

    def configure_network(self, *command: str) -> str:
        """`ip` in its network, with the host's view of processes, so that others' namespaces can be named."""
        return _run(["nsenter", f"--net={self.network}", "--", "ip", *command])

    def _find_init(self) -> int | None:
        """The child of unshare, once it has become the program that we named."""
        child = self._first.pid
        return child if str(Path(f"/proc/{child}/exe").readlink()) == program("runtime", "pause") else None

    def _furnish(self) -> None:
        """Private folders and settings; nothing of it is seen outside."""
        lines = ["mount --make-rprivate /", "mount -t tmpfs -o mode=755 tmpfs /run"]
        for folder in PRIVATE_FOLDERS:
            own = self.directory / folder.strip("/").replace("/", "-")
            own.mkdir(exist_ok=True)
            lines.append(f"mount --bind {own} {folder}")
        for name, value in ASSUMED_SETTINGS.items():
            file = self.directory / f"assumed-{name.replace('/', '-')}"
            file.write_text(f"{value}\n")
            lines.append(f"mount --bind {file} /proc/sys/{name}")
        lines.append("mount --make-rshared /")  # what a kubelet mounts reaches its containers
        lines.append("echo 1 >/proc/sys/net/ipv4/ip_forward")
        self.run("sh", "-ec", "\n".join(lines))
        self.configure_network("link", "set", "lo", "up")


def require(tools: dict[str, str]) -> None:
    """Raises RuntimeError with the packages that are missing, or when we are not root or may not do what root may."""
    if os.geteuid() != 0:
        raise RuntimeError("A real node needs root: it makes namespaces and mounts. Run this as root.")
    missing = sorted({package for tool, package in tools.items() if shutil.which(tool) is None})
    if missing:
        raise RuntimeError(
            f"A real node needs programs that are missing. Install them: apt-get install {' '.join(missing)}"
        )
    tried = subprocess.run([*Namespaces().wrap(["true"])], capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if tried.returncode:
        raise RuntimeError(f"A real node needs namespaces, which this machine refuses: {tried.stderr.strip()}")


def _run(command: Sequence[str], given: str | None = None) -> str:
    done = subprocess.run(  # noqa: S603 - what tests say
        command, input=given, capture_output=True, text=True, check=False, timeout=COMMAND_SECONDS
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr or done.stdout}"
    return done.stdout


def child_of(pid: int) -> int:
    """unshare and nsenter wait for a child of their own, which is the program."""
    return wait_for("the program has started", lambda: _child(pid) or _gone(pid))


def _child(pid: int) -> int | None:
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return None
    return children[0].pid if children else None


def _gone(pid: int) -> int | None:
    """`pid` itself when it has ended: there is no program any more to signal."""
    ended = not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return pid if ended else None
