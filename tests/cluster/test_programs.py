"""The programs are built once: asking again costs nothing, and a machine without Go is told what to do."""

import os
import subprocess
import time
from pathlib import Path

from tests.cluster.programs import ROOT, program

TOOLS = str(ROOT / "scripts" / "cluster-tools")


def test_what_is_built_is_found_in_less_than_a_second() -> None:
    program("control", "kubectl")
    began = time.monotonic()
    asked = subprocess.run([TOOLS, "control"], capture_output=True, text=True, check=True)  # noqa: S603
    assert time.monotonic() - began < 1
    assert asked.stderr == ""
    assert (Path(asked.stdout.strip()) / "kube-apiserver").exists()


def test_the_programs_know_their_versions() -> None:
    said = subprocess.run(  # noqa: S603
        [program("control", "kube-apiserver"), "--version"], capture_output=True, text=True, check=True
    )
    wanted = next(line for line in _control_module().splitlines() if "k8s.io/kubernetes v" in line).split()[1]
    assert said.stdout.strip() == f"Kubernetes {wanted}"


def test_a_machine_with_an_old_go_and_without_a_mirror_is_told_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go1.19.8\n")
    old.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:/usr/bin:/bin", "RECADO_CACHE": str(tmp_path), "GOPROXY": "https://127.0.0.1:1"}
    refused = subprocess.run(  # noqa: S603
        [TOOLS, "dns"], env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "could not be fetched. Install it" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_group_that_does_not_exist_is_named() -> None:
    refused = subprocess.run([TOOLS, "cloud"], capture_output=True, text=True, check=False)  # noqa: S603
    assert refused.returncode == 1
    assert "no group of tools called cloud" in refused.stderr


def _control_module() -> str:
    return (ROOT / "tests" / "cluster" / "tools" / "control" / "go.mod").read_text()
