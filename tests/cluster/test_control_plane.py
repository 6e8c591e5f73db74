"""The control plane is a real one, can be hurt part by part, and leaves nothing behind."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from tests.cluster.client import ApiRefusalError, KubernetesClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.manifests import config_map, note, note_definition, pod
from tests.cluster.programs import ROOT
from tests.cluster.waiting import wait_for

READY_SECONDS = 5.0
RULES = "/apis/rbac.authorization.k8s.io/v1/namespaces"


def test_a_definition_is_served_with_its_defaults_and_rules(client: KubernetesClient, namespace: str) -> None:
    definition = note_definition("notes.test")
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    client.create(definitions, definition)
    notes = f"/apis/notes.test/v1/namespaces/{namespace}/notes"
    wait_for("notes are served", lambda: client.served(notes))
    made = client.create(notes, {"apiVersion": "notes.test/v1", "kind": "Note", **note("Olá")})
    assert made["spec"]["pages"] == 1
    with pytest.raises(ApiRefusalError, match="title is immutable") as refused:
        client.merge(f"{notes}/first", {"spec": {"title": "Adeus"}})
    assert (refused.value.status, refused.value.reason) == (422, "Invalid")
    client.delete(f"{definitions}/notes.notes.test")


def test_a_service_account_may_do_what_its_role_says_and_nothing_else(
    control_plane: ControlPlane, client: KubernetesClient, namespace: str
) -> None:
    client.create(f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": "reader"}})
    rule = {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}
    client.create(f"{RULES}/{namespace}/roles", {"metadata": {"name": "reader"}, "rules": [rule]})
    binding = {
        "metadata": {"name": "reader"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": namespace}],
    }
    client.create(f"{RULES}/{namespace}/rolebindings", binding)
    with KubernetesClient(control_plane.service_account(namespace, "reader")) as reader:
        assert reader.items(f"/api/v1/namespaces/{namespace}/pods") == []
        for forbidden in (f"/api/v1/namespaces/{namespace}/secrets", "/api/v1/namespaces/default/pods"):
            with pytest.raises(ApiRefusalError) as refused:
                reader.get(forbidden)
            assert refused.value.reason == "Forbidden"


def test_a_stranger_is_not_let_in(control_plane: ControlPlane) -> None:
    stranger = KubernetesClient(control_plane.admin._replace(token="guessed"))
    with stranger, pytest.raises(ApiRefusalError) as refused:
        stranger.get("/api/v1/namespaces")
    assert refused.value.status == 401


def test_pods_are_held_to_the_restricted_standard(client: KubernetesClient, namespace: str) -> None:
    client.merge(
        f"/api/v1/namespaces/{namespace}",
        {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
    )
    pods = f"/api/v1/namespaces/{namespace}/pods"
    wait_for(
        "the namespace has its account",
        lambda: not client.absent(f"/api/v1/namespaces/{namespace}/serviceaccounts/default"),
    )
    client.create(pods, pod("modest"))
    greedy = pod("greedy")
    greedy["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    with pytest.raises(ApiRefusalError, match='violates PodSecurity "restricted') as refused:
        client.create(pods, greedy)
    assert refused.value.reason == "Forbidden"


def test_what_is_owned_goes_with_its_owner(client: KubernetesClient, namespace: str) -> None:
    maps = f"/api/v1/namespaces/{namespace}/configmaps"
    owner = client.create(maps, config_map("owner"))
    owned = config_map("owned")
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    owned["metadata"]["ownerReferences"] = [reference]
    client.create(maps, owned)
    client.delete(f"{maps}/owner")
    wait_for("the owned object is gone", lambda: client.absent(f"{maps}/owned"))


def test_kubectl_speaks_to_it(control_plane: ControlPlane, namespace: str) -> None:
    control_plane.kubectl("-n", namespace, "create", "configmap", "greeting", "--from-literal=text=olá")
    assert "greeting" in control_plane.kubectl("-n", namespace, "get", "configmaps", "-o", "name")
    assert control_plane.run_kubectl("-n", namespace, "get", "configmap", "absent").returncode == 1


@pytest.mark.full
def test_every_part_can_be_killed_and_nothing_that_was_answered_is_lost() -> None:
    with ControlPlane() as control:
        maps = "/api/v1/namespaces/default/configmaps"
        for index in range(3):
            control.client.create(maps, config_map(f"before-{index}"))
            control.restart_api_server()
        control.etcd.kill()
        wait_for("the API server notices that its store is gone", lambda: not control.client.ready())
        control.etcd.start()
        control.wait_ready()
        names = {each["metadata"]["name"] for each in control.client.items(maps)}
        assert {"before-0", "before-1", "before-2"} <= names
        control.controllers.kill()
        control.controllers.start()
        control.client.create("/api/v1/namespaces", {"metadata": {"name": "after"}})
        account = "/api/v1/namespaces/after/serviceaccounts/default"
        wait_for("the controllers work again", lambda: not control.client.absent(account), seconds=60)


def test_a_held_api_server_is_silent_and_comes_back(control_plane: ControlPlane) -> None:
    control_plane.api_server.hold()
    try:
        assert not control_plane.client.ready()
    finally:
        control_plane.api_server.resume()
    control_plane.wait_ready()


@pytest.mark.full
def test_it_is_ready_within_five_seconds_from_built_programs() -> None:
    """The quickest of three: what else the machine does is not the control plane's fault."""
    taken = []
    for _ in range(3):
        began = time.monotonic()
        with ControlPlane():
            taken.append(round(time.monotonic() - began, 1))
    print(f"control planes were ready after {taken} s")  # noqa: T201 - the figure is a result
    assert min(taken) <= READY_SECONDS


def test_a_stopped_control_plane_leaves_nothing() -> None:
    with ControlPlane() as control:
        pids = [component.pid for component in control.components]
    assert not any(map(psutil.pid_exists, pids))
    assert not control.directory.exists()


def test_a_killed_test_leaves_no_process(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, time\n"
        "from tests.cluster.control_plane import ControlPlane\n"
        "with ControlPlane(pathlib.Path(sys.argv[1])) as control:\n"
        "    print(*(component.pid for component in control.components), flush=True)\n"
        "    time.sleep(600)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as test:  # noqa: S603
        assert test.stdout is not None
        pids = [int(pid) for pid in test.stdout.readline().split()]
        test.send_signal(signal.SIGKILL)
    assert len(pids) == 4
    wait_for("all parts are gone", lambda: not any(map(psutil.pid_exists, pids)))
