"""The job before `helm uninstall`, without the node that it needs: its script, account and rights, run from here."""

import json
import subprocess
import sys
from pathlib import Path

from tests.cluster.chart.helm import Helm
from tests.cluster.control_plane import ControlPlane
from tests.unit.chart.charts import CHART

SECONDS = 60


def apply_hooks(control: ControlPlane, helm: Helm) -> None:
    """What Helm makes before the job runs."""
    hooks = [one for one in helm.hooks() if one["metadata"]["name"].startswith("recado-uninstall")]
    wanted = [one for one in hooks if one["kind"] != "Job"]
    assert {one["kind"] for one in wanted} >= {"ServiceAccount", "Role", "RoleBinding", "ConfigMap"}
    control.kubectl(
        "apply",
        "--server-side",
        "--force-conflicts",
        "-f",
        "-",
        given=json.dumps({"apiVersion": "v1", "kind": "List", "items": wanted}),
    )


def run(control: ControlPlane, place: str, directory: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    with start(control, place, directory, *arguments) as job:
        out, err = job.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(job.args, job.returncode, out, err)


def start(control: ControlPlane, place: str, directory: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The job's very script, with the token of its account."""
    access = control.service_account(place, "recado-uninstall")
    (directory / "token").write_text(access.token)
    (directory / "ca.crt").write_text(Path(access.authority).read_text())
    script = (
        "import pathlib, sys, cluster; "
        f"cluster.ACCOUNT = pathlib.Path({str(directory)!r}); cluster.SERVER = {access.server!r}; "
        "import uninstall; sys.exit(uninstall.main(sys.argv[1:]))"
    )
    told = {"RECADO_NAMESPACE": place, "RECADO_OPERATOR": "recado-operator"}
    return subprocess.Popen(  # noqa: S603 - ours
        [sys.executable, "-c", script, *arguments, place],
        env={"PYTHONPATH": str(CHART / "files"), "PATH": "", **told},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
