"""A machine within this machine: nothing of it is seen outside, and nothing of it outlives it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
from tests.cluster import cgroups, host
from tests.cluster.components import Component
from tests.cluster.machine import ASSUMED_SETTINGS, Machine, require
from tests.cluster.ports import free_ports
from tests.cluster.programs import ROOT, program
from tests.cluster.waiting import wait_for

pytestmark = pytest.mark.node


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with Machine("inner", tmp_path) as machine:
        yield machine


def test_it_sees_only_itself(machine: Machine) -> None:
    assert machine.run("sh", "-c", "ls -d /proc/[0-9]* | wc -l").strip() in {"3", "4"}  # init, the shell, ls, wc
    assert machine.configure_network("-brief", "link").split()[0] == "lo"
    assert machine.run("ls", "/run").split() == ["mount"]  # which mount itself makes
    for name, value in ASSUMED_SETTINGS.items():
        assert machine.run("cat", f"/proc/sys/{name}").strip() == value


def test_what_it_mounts_and_makes_is_not_seen_outside(machine: Machine) -> None:
    before = host.look(os.getpid())
    machine.run("mount", "-t", "tmpfs", "tmpfs", "/var/lib")
    machine.configure_network("link", "add", "cable", "type", "veth", "peer", "name", "end")
    machine.run("iptables", "-A", "INPUT", "-j", "DROP")
    assert host.look(os.getpid()) == before


def test_a_program_on_it_is_signalled_itself_and_ends_with_it(machine: Machine, tmp_path: Path) -> None:
    visitor = Component("visitor", [program("runtime", "visitor")], tmp_path / "visitor.log", machine)
    visitor.start()
    assert Path(f"/proc/{visitor.pid}/exe").readlink() == Path(program("runtime", "visitor"))
    visitor.stop()
    assert not visitor.running
    visitor.start()
    pid = visitor.pid
    machine.stop()
    assert not psutil.pid_exists(pid)
    visitor.kill()


def test_a_relay_leads_into_its_network(machine: Machine, tmp_path: Path) -> None:
    visitor = Component("visitor", [program("runtime", "visitor")], tmp_path / "visitor.log", machine)
    visitor.start()
    port = free_ports()[0]
    script = str(ROOT / "tests" / "cluster" / "relay.py")
    command = [sys.executable, script, machine.network, str(port), "127.0.0.1", "8080"]
    relay = Component("relay", command, tmp_path / "relay.log")
    relay.start()
    try:
        assert wait_for("the visitor answers", lambda: _ask(f"http://127.0.0.1:{port}/"))
        visitor.kill()
        assert _ask(f"http://127.0.0.1:{port}/") == ""
    finally:
        relay.kill()


def test_cgroups_of_the_dead_are_swept_and_those_of_the_living_are_not() -> None:
    with subprocess.Popen(["true"]) as ended:  # noqa: S607
        pass
    before = host.look(os.getpid()).cgroups  # those of the run's own nodes
    mine, orphan = cgroups.Group("mine"), f"{cgroups.PREFIX}{ended.pid}-orphan"
    mine.make()
    for hierarchy in cgroups.hierarchies():
        (hierarchy / orphan / "deep").mkdir(parents=True)
    assert orphan in cgroups.left()
    cgroups.sweep()
    assert orphan not in cgroups.left()
    assert host.look(os.getpid()).cgroups == before | {mine.name}
    mine.remove()
    assert host.look(os.getpid()).cgroups == before


def test_what_is_missing_is_named() -> None:
    with pytest.raises(RuntimeError, match="apt-get install some-package"):
        require({"a-program-that-nobody-has": "some-package", "sh": "dash"})


def _ask(url: str) -> str:
    try:
        return httpx.get(url, timeout=5).text
    except httpx.HTTPError:
        return ""
