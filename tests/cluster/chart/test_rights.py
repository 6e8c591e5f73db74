"""What the service accounts of the chart may do on a real API server, and the job that refuses to uninstall."""

from functools import partial
from pathlib import Path

import pytest
from tests.cluster.chart import uninstalling
from tests.cluster.chart.helm import Helm, Object
from tests.cluster.client import ApiRefusalError, KubernetesClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.waiting import wait_for
from tests.unit.chart.charts import CHART

MAY = [
    ("list", "whatsappconnections.recado.dev"),
    ("watch", "companies.recado.dev"),
    ("patch", "whatsappconnections.recado.dev/status"),
    ("update", "whatsappconnections.recado.dev/finalizers"),
    ("create", "pods"),
    ("delete", "pods"),
    ("create", "secrets"),
    ("delete", "secrets"),
    ("create", "leases.coordination.k8s.io"),
    ("create", "events.events.k8s.io"),
    ("patch", "networkpolicies.networking.k8s.io"),
    ("watch", "networkpolicies.networking.k8s.io"),
    ("list", "resourcequotas"),
]
MAY_NOT = [
    ("get", "pods"),
    ("get", "secrets"),
    ("list", "secrets"),
    ("watch", "secrets"),
    ("create", "whatsappconnections.recado.dev"),
    ("delete", "companies.recado.dev"),
    ("create", "deployments.apps"),
    ("create", "roles.rbac.authorization.k8s.io"),
    ("create", "pods/exec"),
    ("get", "pods/log"),
    ("impersonate", "users"),
    ("list", "nodes"),
    ("list", "namespaces"),
]


@pytest.fixture
def installed(helm: Helm) -> Helm:
    helm.install(CHART, {"firstAdmin": {"email": "ana@example.com"}, "simulator": {"enabled": True}})
    return helm


def test_the_operator_may_do_its_work_and_nothing_else(
    chart_cluster: ControlPlane, place: str, installed: Helm
) -> None:
    del installed
    subject = f"system:serviceaccount:{place}:recado-operator"
    assert [asked for asked in MAY if not _may(chart_cluster, subject, place, *asked)] == []
    assert [asked for asked in MAY_NOT if _may(chart_cluster, subject, place, *asked)] == []
    assert not _may(chart_cluster, subject, "default", "list", "pods")


def test_sessions_may_nothing(chart_cluster: ControlPlane, place: str, installed: Helm) -> None:
    del installed
    subject = f"system:serviceaccount:{place}:recado-session"
    assert [asked for asked in [*MAY, *MAY_NOT] if _may(chart_cluster, subject, place, *asked)] == []


def test_the_api_declares_connections_only(chart_cluster: ControlPlane, place: str, installed: Helm) -> None:
    del installed
    client = KubernetesClient(chart_cluster.service_account(place, "recado-api"))
    path = f"/apis/recado.dev/v1alpha1/namespaces/{place}"
    for kind in ("companies", "whatsappconnections"):
        wait_for(f"{kind} are served", partial(chart_cluster.client.served, f"{path}/{kind}"))
    with client:
        assert client.items(f"{path}/companies") == []
        client.apply(f"{path}/whatsappconnections/support", _connection("support"))
        assert [one["metadata"]["name"] for one in client.items(f"{path}/whatsappconnections")] == ["support"]
        client.delete(f"{path}/whatsappconnections/support")
        for refused in ("companies", "pods"):
            with pytest.raises(ApiRefusalError) as refusal:
                client.create(f"{path}/{refused}", {"metadata": {"name": "x"}, "spec": {}})
            assert refusal.value.reason in {"Forbidden", "NotFound"}
    subject = f"system:serviceaccount:{place}:recado-api"
    unused = [(verb, kind) for verb in ("get", "watch") for kind in ("companies", "whatsappconnections")]
    assert [asked for asked in unused if _may(chart_cluster, subject, place, asked[0], f"{asked[1]}.recado.dev")] == []


def test_uninstalling_is_refused_while_connections_exist(
    chart_cluster: ControlPlane, place: str, installed: Helm, tmp_path: Path
) -> None:
    uninstalling.apply_hooks(chart_cluster, installed)
    assert uninstalling.run(chart_cluster, place, tmp_path).returncode == 0
    path = f"/apis/recado.dev/v1alpha1/namespaces/{place}/whatsappconnections"
    chart_cluster.client.create(path, _connection("support", finalizers=["recado.dev/session"]))
    refused = uninstalling.run(chart_cluster, place, tmp_path)
    assert refused.returncode == 1
    assert f"whatsappconnections/support in {place}" in refused.stderr
    installed.upgrade(CHART, {"uninstall": {"force": True}})
    uninstalling.apply_hooks(chart_cluster, installed)
    assert uninstalling.run(chart_cluster, place, tmp_path, "--force").returncode == 0
    assert "finalizers" not in chart_cluster.client.get(f"{path}/support")["metadata"]


def _may(control: ControlPlane, subject: str, place: str, verb: str, resource: str) -> bool:
    name, _, part = resource.partition("/")
    asked = control.run_kubectl(
        "auth", "can-i", verb, name, f"--subresource={part}", f"--as={subject}", f"--namespace={place}"
    )
    assert asked.stdout.strip() in {"yes", "no"}, asked.stderr
    return asked.stdout.strip() == "yes"


def _connection(name: str, finalizers: list[str] | None = None) -> Object:
    return {
        "apiVersion": "recado.dev/v1alpha1",
        "kind": "WhatsAppConnection",
        "metadata": {"name": name, "finalizers": finalizers or []},
        "spec": {"companyRef": {"name": "acme"}, "displayName": "Support"},
    }
