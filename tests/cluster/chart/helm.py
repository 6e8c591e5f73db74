"""Helm as its users run it, against the control plane of a test."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.control_plane import ControlPlane
from tests.cluster.programs import program

Object = dict[str, Any]
SECONDS = 300


class Helm:
    """One release in one namespace. There are no nodes, so that nothing is waited for and no hook can end."""

    def __init__(self, control: ControlPlane, namespace: str, release: str = "recado") -> None:
        self._kubeconfig = control.kubeconfig(control.admin)
        self._namespace = namespace
        self._release = release

    def install(self, chart: Path, values: Mapping[str, Any], *arguments: str) -> str:
        """The notes."""
        return self._with_values("install", chart, values, *arguments)

    def upgrade(self, chart: Path, values: Mapping[str, Any], *arguments: str) -> str:
        return self._with_values("upgrade", chart, values, *arguments)

    def uninstall(self) -> None:
        self.run("uninstall", self._release, "--no-hooks", "--wait=legacy")

    def manifest(self) -> list[Object]:
        return _objects(self.run("get", "manifest", self._release))

    def hooks(self) -> list[Object]:
        return _objects(self.run("get", "hooks", self._release))

    def status(self) -> Object:
        told: Object = json.loads(self.run("status", self._release, "-o", "json"))
        return told

    def refused(self, verb: str, chart: Path, values: Mapping[str, Any], *arguments: str) -> str:
        """What Helm says instead of doing it."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(dict(values), file)
            done = self._run(verb, self._release, str(chart), "--values", file.name, *arguments)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def run(self, *arguments: str) -> str:
        done = self._run(*arguments)
        assert done.returncode == 0, f"helm {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def _with_values(self, verb: str, chart: Path, values: Mapping[str, Any], *arguments: str) -> str:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(dict(values), file)
            return self.run(verb, self._release, str(chart), "--values", file.name, *arguments)

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        where = [f"--kubeconfig={self._kubeconfig}", f"--namespace={self._namespace}"]
        return subprocess.run(  # noqa: S603 - helm and our own arguments
            [program("control", "helm"), *arguments, *where],
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )


def _objects(text: str) -> list[Object]:
    return [one for one in yaml.safe_load_all(text) if one]
