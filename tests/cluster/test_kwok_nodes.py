"""Fake nodes run pods by the thousand, lose them as real nodes do, and let a test make one fail."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.cluster.client import KubernetesClient, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.kwok_nodes import KwokNodes
from tests.cluster.manifests import pod
from tests.cluster.waiting import wait_for

MANY = 1000


@pytest.fixture
def pods(client: KubernetesClient, namespace: str) -> str:
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
    wait_for("the namespace has its account", lambda: not client.absent(account))
    return f"/api/v1/namespaces/{namespace}/pods"


@pytest.mark.full
def test_a_thousand_pods_run_and_are_gone_again(
    control_plane: ControlPlane, client: KubernetesClient, pods: str
) -> None:
    with KwokNodes(control_plane, 10):
        with ThreadPoolExecutor(8) as crowd:
            list(crowd.map(lambda index: client.create(pods, pod(f"many-{index}")), range(MANY)))
        wait_for("all pods are ready", lambda: len(_ready(client, pods)) == MANY, seconds=180)
        nodes = {each["spec"]["nodeName"] for each in client.items(pods)}
        assert len(nodes) == 10
        client.delete(pods)
        wait_for("all pods are gone", lambda: not client.items(pods), seconds=180)


def test_a_lost_node_is_noticed_and_its_pods_stay_until_somebody_acts(
    control_plane: ControlPlane, client: KubernetesClient, pods: str
) -> None:
    with KwokNodes(control_plane, 2) as nodes:
        alone = pod("alone")
        alone["spec"]["nodeSelector"] = {"kubernetes.io/hostname": "fake-0"}
        client.create(pods, alone)
        wait_for("the pod is ready", lambda: _ready(client, pods) == ["alone"])
        nodes.lose("fake-0")
        wait_for("the node is unknown", lambda: nodes.ready_status("fake-0") == "Unknown", seconds=60)
        taints = wait_for("the node is tainted", lambda: client.get("/api/v1/nodes/fake-0")["spec"].get("taints"))
        assert "node.kubernetes.io/unreachable" in {taint["key"] for taint in taints}
        assert nodes.ready("fake-1")
        client.delete(f"{pods}/alone", gracePeriodSeconds="1")
        assert client.get(f"{pods}/alone")["metadata"]["deletionTimestamp"]
        nodes.find("fake-0")
        wait_for("the node is back", lambda: nodes.ready("fake-0"))
        wait_for("its pod ended", lambda: client.absent(f"{pods}/alone"))


def test_a_pod_can_be_made_to_fail(control_plane: ControlPlane, client: KubernetesClient, pods: str) -> None:
    with KwokNodes(control_plane):
        client.create(pods, pod("frail"))
        wait_for("the pod is ready", lambda: _ready(client, pods) == ["frail"])
        client.merge(f"{pods}/frail", {"metadata": {"annotations": {"recado.dev/fake-failure": "OOMKilled"}}})
        failed = wait_for("the pod failed", lambda: _failed(client, pods))
        state = failed[0]["status"]["containerStatuses"][0]["state"]
        assert state["terminated"]["reason"] == "OOMKilled"


def _ready(client: KubernetesClient, pods: str) -> list[str]:
    return [
        each["metadata"]["name"]
        for each in client.items(pods)
        if any(
            condition["type"] == "Ready" and condition["status"] == "True"
            for condition in each["status"].get("conditions", [])
        )
    ]


def _failed(client: KubernetesClient, pods: str) -> list[Object]:
    return [each for each in client.items(pods) if each["status"].get("phase") == "Failed"]
