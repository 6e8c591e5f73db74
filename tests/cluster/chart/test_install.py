"""The chart on a real API server, under enforced Pod Security: every object is accepted, every pod admitted."""

import base64
import time
from pathlib import Path

import pytest
from tests.cluster.chart.helm import Helm, Object
from tests.cluster.chart.value_files import EACH
from tests.cluster.control_plane import ControlPlane
from tests.cluster.waiting import wait_for
from tests.unit.chart.charts import CHART, values_of

PODS_SECONDS = 60

pytestmark = pytest.mark.usefixtures("what_the_values_name")


@pytest.mark.parametrize("file", EACH)
def test_every_file_of_values_is_linted(helm: Helm, file: Path) -> None:
    """By Helm itself; `tests/unit/chart` asks its library."""
    told = helm.run("lint", str(CHART), "--strict", f"--values={file}", "--kube-version=1.31.0")
    assert "1 chart(s) linted, 0 chart(s) failed" in told


@pytest.mark.parametrize("file", EACH)
def test_every_file_of_values_installs(chart_cluster: ControlPlane, place: str, helm: Helm, file: Path) -> None:
    values = values_of(file)
    helm.install(CHART, values, "--dry-run=server")
    assert not chart_cluster.client.items(f"/apis/apps/v1/namespaces/{place}/deployments")
    helm.install(CHART, values)
    try:
        expect_pods(chart_cluster, place, helm.manifest())
    finally:
        helm.uninstall()


def test_an_upgrade_keeps_what_was_generated(chart_cluster: ControlPlane, place: str, helm: Helm) -> None:
    values = {"firstAdmin": {"email": "ana@example.com"}}
    helm.install(CHART, values)
    before = chart_cluster.client.get(f"/api/v1/namespaces/{place}/secrets/recado-secrets")["data"]
    jobs = _jobs(chart_cluster, place)
    changed = {**values, "global": {"logLevel": "debug", "commonLabels": {"cost-center": "x"}}, "api": {"replicas": 3}}
    helm.upgrade(CHART, changed)
    assert chart_cluster.client.get(f"/api/v1/namespaces/{place}/secrets/recado-secrets")["data"] == before
    assert _jobs(chart_cluster, place) != jobs
    assert _settings(chart_cluster, place)["RECADO_LOG_LEVEL"] == "debug"
    assert helm.status()["version"] == 2


def test_a_changed_password_reaches_the_database_and_whoever_logs_in(
    chart_cluster: ControlPlane, place: str, helm: Helm
) -> None:
    """A new job sets it, and pods that read it roll; an upgrade that changes nothing does neither."""
    helm.install(CHART, {})
    jobs, hashes = _jobs(chart_cluster, place), _hashes(chart_cluster, place)
    helm.upgrade(CHART, {})
    assert (_jobs(chart_cluster, place), _hashes(chart_cluster, place)) == (jobs, hashes)
    changed = {"stringData": {"app-password": "another"}}
    chart_cluster.client.merge(f"/api/v1/namespaces/{place}/secrets/recado-secrets", changed)
    helm.upgrade(CHART, {})
    assert _jobs(chart_cluster, place) != jobs
    rolled = {name for name, value in _hashes(chart_cluster, place).items() if value != hashes[name]}
    assert rolled == {"recado-api", "recado-realtime", "recado-worker-default"}
    data = chart_cluster.client.get(f"/api/v1/namespaces/{place}/secrets/recado-secrets")["data"]
    assert base64.b64decode(data["app-password"]) == b"another"


def test_nothing_is_invented_where_a_render_sees_no_cluster(helm: Helm) -> None:
    """Argo CD renders like this: it says what the cluster can do, and `lookup` finds nothing all the same."""
    told = helm.refused("template", CHART, {}, "--api-versions=v1/Secret")
    assert "This render cannot ask a cluster" in told
    assert "Make the Secret yourself and set secrets.existingSecret" in told


def test_a_namespace_that_is_still_to_be_made_is_no_hindrance(chart_cluster: ControlPlane, place: str) -> None:
    new = Helm(chart_cluster, f"{place}-new")
    new.install(CHART, {}, "--create-namespace", "--dry-run=server")
    assert chart_cluster.client.absent(f"/api/v1/namespaces/{place}-new")


def test_an_autoscaled_deployment_keeps_its_number(chart_cluster: ControlPlane, place: str, helm: Helm) -> None:
    """What the autoscaler has decided is not undone by an upgrade."""
    values = values_of(CHART / "ci" / "autoscaling-values.yaml")
    helm.install(CHART, values)
    scale = f"/apis/apps/v1/namespaces/{place}/deployments/recado-api/scale"
    wait_for("the autoscaler has come to it", lambda: chart_cluster.client.get(scale)["spec"]["replicas"] == 3, 60)
    chart_cluster.client.merge(scale, {"spec": {"replicas": 7}})
    helm.upgrade(CHART, {**values, "global": {"logLevel": "debug"}})
    assert chart_cluster.client.get(scale)["spec"]["replicas"] == 7


def test_definitions_and_secrets_outlive_the_release(chart_cluster: ControlPlane, place: str, helm: Helm) -> None:
    helm.install(CHART, {"firstAdmin": {"email": "ana@example.com"}})
    first = chart_cluster.client.get(f"/api/v1/namespaces/{place}/secrets/recado-secrets")["data"]
    helm.uninstall()
    assert chart_cluster.kubectl("get", "companies,whatsappconnections", f"--namespace={place}") == ""
    assert not chart_cluster.client.items(f"/api/v1/namespaces/{place}/services")
    helm.install(CHART, {"firstAdmin": {"email": "ana@example.com"}})
    assert chart_cluster.client.get(f"/api/v1/namespaces/{place}/secrets/recado-secrets")["data"] == first


def test_a_secret_of_redis_is_read_for_sessions(chart_cluster: ControlPlane, place: str, helm: Helm) -> None:
    values = {"redis": {"mode": "external", "external": {"existingSecret": "my-redis"}}}
    told = helm.refused("install", CHART, values)
    assert "the key uri of the Secret my-redis cannot be read. Make it before" in told
    secret = {"metadata": {"name": "my-redis"}, "stringData": {"uri": "rediss://:hidden@redis.example.com:6380/0"}}
    chart_cluster.client.create(f"/api/v1/namespaces/{place}/secrets", secret)
    helm.install(CHART, values)
    assert _settings(chart_cluster, place)["REDIS_URI"] == "rediss://:hidden@redis.example.com:6380/0"


def expect_pods(control: ControlPlane, place: str, objects: list[Object]) -> None:
    """Every controller has made its pods: none was refused by Pod Security, an account or a quota."""
    wanted = {
        f"{one['kind']}/{one['metadata']['name']}"
        for one in objects
        if one["kind"] in {"Deployment", "StatefulSet", "Job"} and one["spec"].get("replicas", 1)
    }
    deadline = time.monotonic() + PODS_SECONDS
    while missing := wanted - _with_pods(control, place):
        events = [
            one["message"]
            for one in control.client.items(f"/api/v1/namespaces/{place}/events")
            if one["type"] == "Warning" and one["reason"] == "FailedCreate"
        ]
        assert time.monotonic() < deadline, (missing, events)
        time.sleep(0.2)


def _with_pods(control: ControlPlane, place: str) -> set[str]:
    found = set()
    for pod in control.client.items(f"/api/v1/namespaces/{place}/pods"):
        (owner,) = [one for one in pod["metadata"]["ownerReferences"] if one["controller"]]
        kind, name = owner["kind"], owner["name"]
        found.add(f"Deployment/{name.rpartition('-')[0]}" if kind == "ReplicaSet" else f"{kind}/{name}")
    return found


def _jobs(control: ControlPlane, place: str) -> list[str]:
    return [one["metadata"]["name"] for one in control.client.items(f"/apis/batch/v1/namespaces/{place}/jobs")]


def _hashes(control: ControlPlane, place: str) -> dict[str, str | None]:
    """Of the Secrets that pods were made with, by Deployment."""
    found = control.client.items(f"/apis/apps/v1/namespaces/{place}/deployments")
    marks = {one["metadata"]["name"]: one["spec"]["template"]["metadata"]["annotations"] for one in found}
    return {name: annotations.get("checksum/secrets") for name, annotations in marks.items()}


def _settings(control: ControlPlane, place: str) -> dict[str, str]:
    data = control.client.get(f"/api/v1/namespaces/{place}/secrets/recado-session-settings")["data"]
    return {name: base64.b64decode(value).decode() for name, value in data.items()}
