"""Real nodes: containers run under the strictest profile, find each other by name, and survive or not as promised."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.cluster import cgroups, host
from tests.cluster.client import KubernetesClient, Object
from tests.cluster.manifests import pod
from tests.cluster.node import RealNode
from tests.cluster.programs import ROOT
from tests.cluster.real_cluster import RealCluster
from tests.cluster.waiting import wait_for

pytestmark = pytest.mark.node
START_SECONDS = 120


@pytest.fixture(scope="module")
def cluster() -> Iterator[RealCluster]:
    with RealCluster(nodes=2) as cluster:
        yield cluster


@pytest.fixture
def client(cluster: RealCluster) -> KubernetesClient:
    return cluster.control.client


@pytest.fixture
def pods(client: KubernetesClient, namespace: str) -> str:
    restricted = {"pod-security.kubernetes.io/enforce": "restricted"}
    client.merge(f"/api/v1/namespaces/{namespace}", {"metadata": {"labels": restricted}})
    account = f"/api/v1/namespaces/{namespace}/serviceaccounts/default"
    wait_for("the namespace has its account", lambda: not client.absent(account))
    return f"/api/v1/namespaces/{namespace}/pods"


def test_pods_find_each_other_by_name_across_nodes(
    cluster: RealCluster, client: KubernetesClient, namespace: str, pods: str
) -> None:
    for node in cluster.nodes:
        client.create(pods, _on(node, pod(f"visitor-{node.name}", app="visitor")))
    first, second = (_running(client, pods, f"visitor-{node.name}") for node in cluster.nodes)
    service = {"selector": {"app": "visitor"}, "ports": [{"port": 80, "targetPort": 8080}]}
    made = client.create(f"/api/v1/namespaces/{namespace}/services", {"metadata": {"name": "hosts"}, "spec": service})
    address, name = str(made["spec"]["clusterIP"]), f"hosts.{namespace}.svc.cluster.local"
    door = cluster.forward(first, 8080)
    wait_for("the name is known", lambda: _ask(door, "find", name=name) == address)
    seen: set[str] = set()
    both = {"visitor-node-1", "visitor-node-2"}
    wait_for("the service leads to both nodes", lambda: _visit(door, name, seen) >= both)
    assert _ask(door, "visit", url=f"http://{second}:8080/") == "visitor-node-2"
    assert _ask(cluster.forward(address, 80), "") in both


def test_logs_and_exit_codes_are_told(
    cluster: RealCluster, client: KubernetesClient, namespace: str, pods: str
) -> None:
    failing = pod("failing", "localhost/visitor:1", "fail")
    failing["spec"]["restartPolicy"] = "Never"
    client.create(pods, failing)
    wait_for("the pod failed", lambda: client.get(f"{pods}/failing")["status"]["phase"] == "Failed", START_SECONDS)
    ended = client.get(f"{pods}/failing")["status"]["containerStatuses"][0]["state"]["terminated"]
    assert ended["exitCode"] == 1
    assert "told to fail" in cluster.control.kubectl("-n", namespace, "logs", "failing")


def test_a_pod_reaches_the_api_server_with_its_own_account(
    cluster: RealCluster, client: KubernetesClient, pods: str
) -> None:
    client.create(pods, pod("visitor"))
    address = _running(client, pods, "visitor")
    door = cluster.forward(address, 8080)
    assert "certificate" in _ask(door, "visit", url="https://kubernetes.default.svc/version")  # reached, not trusted


@pytest.mark.full
def test_a_stopped_kubelet_is_a_lost_node_whose_containers_go_on(
    cluster: RealCluster, client: KubernetesClient, pods: str
) -> None:
    lost = cluster.nodes[1]
    address = _run_on(lost, client, pods, "stubborn")
    door = cluster.forward(address, 8080)
    lost.stop_kubelet()
    wait_for("the node is unknown", lambda: lost.ready_status() == "Unknown", 60)
    client.delete(f"{pods}/stubborn")
    assert _ask(door, "") == "stubborn"
    assert client.get(f"{pods}/stubborn")["metadata"]["deletionTimestamp"]
    lost.start_kubelet()
    wait_for("the pod ended", lambda: client.absent(f"{pods}/stubborn"), 60)
    assert "stubborn" not in _names(lost)


@pytest.mark.full
def test_a_cut_network_is_a_lost_node_that_works_on(cluster: RealCluster, client: KubernetesClient, pods: str) -> None:
    lost = cluster.nodes[1]
    _run_on(lost, client, pods, "alone")
    lost.cut_network()
    wait_for("the node is unknown", lambda: lost.ready_status() == "Unknown", 60)
    assert "alone" in _names(lost)
    lost.join_network()
    lost.wait_ready()


def test_a_drained_node_is_empty(cluster: RealCluster, client: KubernetesClient, pods: str) -> None:
    node = cluster.nodes[1]
    _run_on(node, client, pods, "guest")
    node.drain()
    assert client.absent(f"{pods}/guest")
    assert client.get(f"/api/v1/nodes/{node.name}")["spec"]["unschedulable"]
    node.uncordon()


def test_a_node_whose_power_failed_comes_back(cluster: RealCluster, client: KubernetesClient, pods: str) -> None:
    node = cluster.nodes[1]
    _run_on(node, client, pods, "resident")
    node.stop()
    wait_for("the node is unknown", lambda: node.ready_status() == "Unknown", 60)
    node.start()
    wait_for("the pod runs again", lambda: "resident" in _names(node), START_SECONDS)


def test_a_stopped_cluster_leaves_the_machine_as_it_was() -> None:
    before = host.look(os.getpid())
    with RealCluster() as small:
        small.control.client.create("/api/v1/namespaces/default/pods", pod("guest"))
        wait_for("the pod runs", lambda: _names(small.nodes[0]) == ["guest"], START_SECONDS)
        assert host.processes(small.directory)
        assert host.look(os.getpid()).cgroups > before.cgroups
    assert host.look(os.getpid()) == before
    assert host.processes(small.directory) == []
    assert not small.directory.exists()


@pytest.mark.full
def test_a_killed_test_leaves_only_empty_cgroups_which_the_next_one_removes(tmp_path: Path) -> None:
    before = host.look(0)
    script = (
        "import pathlib, sys, time\n"
        "from tests.cluster.real_cluster import RealCluster\n"
        "with RealCluster(1, pathlib.Path(sys.argv[1])) as cluster:\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as test:  # noqa: S603
        assert test.stdout is not None
        assert test.stdout.readline() == "ready\n"
        test.send_signal(signal.SIGKILL)
    wait_for("all processes are gone", lambda: not host.processes(tmp_path))
    after = host.look(test.pid)
    assert after.cgroups
    assert after._replace(cgroups=before.cgroups) == before
    cgroups.sweep()
    assert host.look(test.pid) == before


def _on(node: RealNode, manifest: Object) -> Object:
    manifest["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node.name}
    return manifest


def _run_on(node: RealNode, client: KubernetesClient, pods: str, name: str) -> str:
    """A new pod on that node; answers its address when it runs."""
    client.create(pods, _on(node, pod(name)))
    return _running(client, pods, name)


def _running(client: KubernetesClient, pods: str, name: str) -> str:
    """Waits for the pod, and answers its address."""
    return wait_for(f"{name} runs", lambda: _address(client, pods, name), START_SECONDS)


def _address(client: KubernetesClient, pods: str, name: str) -> str:
    """Of a ready pod."""
    status = client.get(f"{pods}/{name}")["status"]
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions", []))
    return str(status["podIP"]) if ready else ""


def _names(node: RealNode) -> list[str]:
    return [str(each["Labels"]["io.kubernetes.pod.name"]) for each in node.containers()]


def _ask(door: str, what: str, **query: str) -> str:
    return httpx.get(f"http://{door}/{what}", params=query, timeout=20).text


def _visit(door: str, name: str, seen: set[str]) -> set[str]:
    seen.add(_ask(door, "visit", url=f"http://{name}/"))
    return seen
