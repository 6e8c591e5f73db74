"""`make cluster` says how to use what it made, and `make cluster-down` leaves nothing of it."""

import os
import re
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from tests.cluster import host
from tests.cluster.programs import ROOT, program
from tests.support.api import RecadoClient

pytestmark = [pytest.mark.full, pytest.mark.node, pytest.mark.timeout(900)]
SIGN_IN = re.compile(r"inbox +(?P<url>\S+) +sign in as (?P<email>\S+), password (?P<password>\S+)")


def run(script: str, folder: Path) -> str:
    environment = {**os.environ, "RECADO_CLUSTER": str(folder)}
    done = subprocess.run([ROOT / "scripts" / script], env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return done.stdout


def test_it_is_ready_when_it_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    before, folder = host.look(0), tmp_path / "cluster"
    try:
        said = run("cluster", folder)
        keeper = int((folder / "keeper.pid").read_text())
        found = SIGN_IN.search(said)
        assert found, said
        assert httpx.get(found["url"]).is_success
        person = RecadoClient(found["url"], found["email"], found["password"])
        person.sign_in()
        person.close()
        assert "Ready" in kubectl(folder, "get", "nodes")
        assert "recado-api" in kubectl(folder, "get", "pods")
        began = time.monotonic()
        assert run("cluster", folder) == said
        assert time.monotonic() - began < 5
    finally:
        run("cluster-down", folder)
    assert not folder.exists()
    assert host.look(keeper) == before
    assert host.processes(folder) == []


def kubectl(folder: Path, *arguments: str) -> str:
    command = [program("control", "kubectl"), f"--kubeconfig={folder / 'kubeconfig'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
