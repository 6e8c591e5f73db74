"""The cluster that people try things in: it is there when its kubeconfig is, and goes without a trace."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cluster import host
from tests.cluster.programs import ROOT, program
from tests.cluster.waiting import wait_for

pytestmark = [
    pytest.mark.full,
    pytest.mark.node,
    pytest.mark.skipif(os.geteuid() != 0, reason="a real node needs root"),
]
START_SECONDS = 300


def test_it_is_ready_when_its_kubeconfig_is_there_and_leaves_nothing(tmp_path: Path) -> None:
    before, folder = host.look(0), tmp_path / "cluster"
    kubeconfig = folder / "kubeconfig"
    with subprocess.Popen([sys.executable, "-m", "tests.cluster.keeper", str(folder)], cwd=ROOT) as keeper:  # noqa: S603
        wait_for("the cluster is ready", lambda: kubeconfig.exists() or keeper.poll(), START_SECONDS)
        command = [program("control", "kubectl"), f"--kubeconfig={kubeconfig}", "get", "nodes"]
        assert " Ready " in subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
        keeper.send_signal(signal.SIGTERM)
    assert keeper.returncode == 0
    assert not folder.exists()
    assert host.look(keeper.pid) == before
    assert host.processes(folder) == []
