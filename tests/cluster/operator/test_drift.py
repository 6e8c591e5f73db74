"""What people do to the objects that the operator made: it is put back in place where Kubernetes can do that, else by
the next epoch, and what is not ours is left alone.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.cluster.client import ApiRefusalError, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.kwok_nodes import KwokNodes
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import COMPANY, Office, condition, ready_reason
from tests.cluster.operator.operators import Operator
from tests.cluster.operator.players import Players
from tests.cluster.operator.witness import Witness
from tests.cluster.waiting import wait_for

NAME, POD = "support", "wa-support-e1"
CONNECTION = "recado.dev/connection"
NOTICED_SECONDS = 6.0
"""A twin's patience: several times what the operator needs."""
SILENT_SECONDS = 60.0
"""30 without a heartbeat, 10 from survey to survey, and reserve."""
LONG = pytest.mark.full
ONE_WAVE = {"RECADO_SESSION_CANARY": "", "RECADO_ROLLOUT_WAVES": '[{"percent": 100}]'}


@pytest.fixture
def players(definitions: ControlPlane, office: Office) -> Iterator[Players]:
    """One fake node, and sessions that are linked and online on it."""
    with ExitStack() as stack:
        stack.enter_context(KwokNodes(definitions, 1))
        yield stack.enter_context(Players(office))


@pytest.fixture
def leader(hire: Hire, office: Office, players: Players) -> Operator:
    """One connection is online."""
    del players
    operator = hire()
    _declare(office)
    return operator


@pytest.mark.parametrize("change", ["sales", pytest.param(None, marks=LONG)], ids=["changed", "removed"])
@pytest.mark.parametrize(
    "label", ["team", *(pytest.param(one, marks=LONG) for one in (CONNECTION, "app.kubernetes.io/part-of"))]
)
def test_a_label_is_put_back_in_place(
    office: Office, leader: Operator, fault_proxy: FaultProxy, label: str, change: str | None
) -> None:
    """Also one that our own watch asks for: without it the pod seems to be gone."""
    before = _pod(office)
    with Witness(office) as witness:
        _label(office, POD, **{label: change})
        wait_for("it is put back", lambda: _labels(office) == before["metadata"]["labels"])
        harmony.assert_at_rest(office, fault_proxy, leader)
    assert _pod(office)["metadata"]["uid"] == before["metadata"]["uid"]
    assert (witness.created, witness.ended) == ([], set())


@LONG
@pytest.mark.twin
def test_a_label_that_is_not_put_back_is_noticed(hire: Hire, office: Office, players: Players) -> None:
    del players
    hire(sabotage="without corrections")
    _declare(office)
    _label(office, POD, team="sales")
    with pytest.raises(AssertionError, match="it is put back"):
        wait_for("it is put back", lambda: _labels(office)["team"] == "care", NOTICED_SECONDS)


def test_another_size_reaches_the_pod_through_resize(office: Office, leader: Operator, fault_proxy: FaultProxy) -> None:
    before = _pod(office)
    with Witness(office) as witness:
        office.change(NAME, resources={"requests": {"cpu": "50m", "memory": "200Mi"}, "limits": {"memory": "512Mi"}})
        wanted = {"requests": {"cpu": "50m", "memory": "200Mi"}, "limits": {"memory": "512Mi"}}
        wait_for("it has its size", lambda: _container(office)["resources"] == wanted)
        harmony.settle(office, [NAME])
        harmony.assert_at_rest(office, fault_proxy, leader)
    assert _pod(office)["metadata"]["uid"] == before["metadata"]["uid"]
    assert (witness.created, witness.ended) == ([], set())
    assert any((call.verb, call.resource, call.status) == ("patch", "pods/resize", 200) for call in fault_proxy.calls)


@LONG
def test_a_new_release_is_patched_in_place(hire: Hire, office: Office, players: Players) -> None:
    del players
    first = hire("a", **ONE_WAVE)
    _declare(office)
    before = _pod(office)
    wait_for("the release has settled", lambda: not office.client.absent(office.core("configmaps", "recado-rollout")))
    assert first.stop() == 0
    with Witness(office) as witness:
        hire("b", **ONE_WAVE, RECADO_SESSION_STABLE="1.1")
        wait_for("it runs the next release", lambda: _container(office)["image"] == "recado-session:1.1", 60)
        wait_for("it says so", lambda: condition(office.connection(NAME), "UpToDate").get("status") == "True", 60)
        harmony.settle(office, [NAME])
    assert _pod(office)["metadata"]["uid"] == before["metadata"]["uid"]
    assert _pod(office)["status"]["containerStatuses"][0]["restartCount"] == 1
    assert (witness.created, witness.ended) == ([], set())


@LONG
def test_what_only_another_pod_can_have_comes_with_the_next_epoch(
    office: Office, leader: Operator, fault_proxy: FaultProxy
) -> None:
    with Witness(office) as witness:
        office.change(NAME, scheduling={"nodeSelector": {"type": "kwok"}})
        wait_for("the next one is there", lambda: office.pods() == ["wa-support-e2"], 60)
        wait_for("it is online", lambda: _online_as(office, "wa-support-e2"), 60)
        wait_for("its turn is over", lambda: not _turns(office))
        harmony.settle(office, [NAME])
        harmony.assert_at_rest(office, fault_proxy, leader)
    assert _pod(office, "wa-support-e2")["spec"]["nodeSelector"] == {"type": "kwok"}
    assert (witness.created, witness.ended) == (["wa-support-e2"], {POD})
    assert (witness.doubles, witness.repeated) == ([], set())


@LONG
def test_a_session_in_a_pod_of_nobody_is_left_alone_and_taken_back_when_it_is_offered(
    office: Office, leader: Operator, fault_proxy: FaultProxy
) -> None:
    before = _pod(office)
    with Witness(office) as witness:
        office.client.merge(office.core("pods", POD), {"metadata": {"ownerReferences": None}})
        wait_for("it is told", lambda: _running(office) == ("False", "PodNotOwned"))
        assert _ready(office) == "PodNotOwned"
        assert 'recado.dev/adoptable: "true"' in condition(office.connection(NAME), "Ready")["message"]
        harmony.assert_at_rest(office, fault_proxy, leader, 3)
        assert office.pods() == [POD]
        _label(office, POD, **{"recado.dev/adoptable": "true"})
        wait_for("it runs as before", lambda: _running(office) == ("True", "PodRunning"))
        harmony.settle(office, [NAME])
        harmony.assert_at_rest(office, fault_proxy, leader)
    assert _pod(office)["metadata"]["ownerReferences"] == before["metadata"]["ownerReferences"]
    assert _pod(office)["metadata"]["uid"] == before["metadata"]["uid"]
    assert (witness.created, witness.ended) == ([], set())


@LONG
def test_a_foreign_pod_with_our_labels_is_nobodys_session(hire: Hire, office: Office, players: Players) -> None:
    """It has the name and the labels of the first session, and no owner. The session takes the next epoch."""
    del players
    hire()
    office.client.create(office.core("pods"), _foreign(POD))
    foreign = _pod(office)
    _declare(office)
    wait_for("both are there", lambda: office.pods() == [POD, "wa-support-e2"])
    assert _running(office) == ("True", "PodRunning")
    _label(office, POD, **{"recado.dev/adoptable": "true"})
    wait_for("it is online", lambda: _online_as(office, "wa-support-e2"))
    assert "ownerReferences" not in _pod(office)["metadata"], "its epoch is over: nobody wants it"
    assert _pod(office)["metadata"]["uid"] == foreign["metadata"]["uid"]


@LONG
@pytest.mark.parametrize(("policy", "evicted"), [("Allow", True), ("Paced", False), ("Never", False)])
def test_who_may_be_evicted_and_what_it_costs(
    office: Office, leader: Operator, fault_proxy: FaultProxy, policy: str, *, evicted: bool
) -> None:
    office.change(NAME, eviction={"policy": policy})
    harmony.settle(office, [NAME])
    wait_for("the guard is on or off", lambda: ("recado.dev/guarded" in _labels(office)) is not evicted)
    wait_for("the budget is counted", lambda: _budgeted(office) == (0 if evicted else 1))
    if not evicted:
        assert _evict(office) == 429
        assert office.pods() == [POD]
        return
    with Witness(office) as witness:
        assert _evict(office) == 0
        wait_for("it is online elsewhere", lambda: _online_as(office, "wa-support-e2"))
        harmony.settle(office, [NAME])
        harmony.assert_at_rest(office, fault_proxy, leader)
    assert "retry" not in office.connection(NAME)["status"]
    assert (witness.created, witness.ended, witness.doubles) == (["wa-support-e2"], {POD}, [])


@LONG
@pytest.mark.twin
def test_a_guard_without_a_budget_is_noticed(hire: Hire, office: Office, players: Players) -> None:
    del players
    hire(sabotage="without budgets")
    _declare(office, eviction={"policy": "Never"})
    assert _evict(office) == 0


GUARDS: dict[str, tuple[str, str, Object]] = {
    "serviceaccounts": ("/api/v1", "recado-session", {"automountServiceAccountToken": True}),
    "networkpolicies": ("/apis/networking.k8s.io/v1", f"recado-company-{COMPANY}", {"spec": {"egress": [{}]}}),
    "poddisruptionbudgets": ("/apis/policy/v1", f"recado-company-{COMPANY}", {"spec": {"minAvailable": 0}}),
    "resourcequotas": (
        "/api/v1",
        f"recado-company-{COMPANY}",
        {"spec": {"hard": {"count/whatsappconnections.recado.dev": "99999"}}},
    ),
}


@pytest.mark.parametrize(
    "plural", [pytest.param(one, marks=() if one in {"networkpolicies", "serviceaccounts"} else LONG) for one in GUARDS]
)
def test_what_keeps_companies_apart_is_put_back(
    hire: Hire, office: Office, fault_proxy: FaultProxy, plural: str
) -> None:
    leader = hire()
    root, name, change = GUARDS[plural]
    place = f"{root}/namespaces/{office.namespace}/{plural}/{name}"
    office.declare_company(isolation="Namespace")
    office.declare(NAME)
    harmony.settle(office, [NAME])
    wanted = _meaning(office.client.get(place))
    office.client.merge(place, change)
    assert _meaning(office.client.get(place)) != wanted
    wait_for("the change is taken back", lambda: _meaning(office.client.get(place)) == wanted)
    office.client.delete(place)
    wait_for("it is there again", lambda: not office.client.absent(place))
    assert _meaning(office.client.get(place)) == wanted
    harmony.settle(office, [NAME])
    harmony.assert_at_rest(office, fault_proxy, leader)


@LONG
@pytest.mark.twin
def test_a_policy_that_is_not_put_back_is_noticed(hire: Hire, office: Office) -> None:
    hire(sabotage="without guards")
    place = f"/apis/networking.k8s.io/v1/namespaces/{office.namespace}/networkpolicies/recado-company-{COMPANY}"
    office.declare_company()
    wait_for("it is written", lambda: not office.client.absent(place))
    office.client.delete(place)
    with pytest.raises(AssertionError, match="it is there again"):
        wait_for("it is there again", lambda: not office.client.absent(place), NOTICED_SECONDS)


@LONG
@pytest.mark.timeout(300)
def test_a_lost_secret_costs_nothing_until_the_container_needs_it_and_then_an_epoch(
    office: Office, leader: Operator, players: Players, fault_proxy: FaultProxy
) -> None:
    """The operator cannot read Secrets, and nobody has this password a second time: the next epoch has another one."""
    secret = office.core("secrets", POD)
    with pytest.raises(ApiRefusalError, match="immutable"):
        office.client.merge(secret, {"data": {"DB_PASS": "Z3Vlc3NlZA=="}})
    with Witness(office) as witness:
        office.client.delete(secret)
        harmony.assert_at_rest(office, fault_proxy, leader, 3)
        assert office.pods() == [POD]
        players.silent.add("fake-0")  # its container ended, and the kubelet finds no Secret for the next one
        wait_for("the next one has begun", lambda: office.pods() == ["wa-support-e2"], SILENT_SECONDS)
        players.silent.clear()
        wait_for("it is online", lambda: _online_as(office, "wa-support-e2"))
        harmony.settle(office, [NAME])
    assert office.session_secrets() == ["wa-support-e2"]
    assert (witness.created, witness.ended, witness.doubles) == (["wa-support-e2"], {POD}, [])


def _declare(office: Office, **spec: Any) -> None:
    office.declare_company()
    office.declare(NAME, podMetadata={"labels": {"team": "care"}}, **spec)
    wait_for("it is online", lambda: _ready(office) == "Connected", 60)


def _ready(office: Office) -> str:
    return ready_reason(office.connection(NAME))


def _online_as(office: Office, pod: str) -> bool:
    told = office.connection(NAME)
    return (ready_reason(told), told["status"]["session"].get("podName")) == ("Connected", pod)


def _running(office: Office) -> tuple[str, str]:
    told = condition(office.connection(NAME), "SessionRunning")
    return told["status"], told["reason"]


def _pod(office: Office, name: str = POD) -> Object:
    return office.client.get(office.core("pods", name))


def _container(office: Office) -> Object:
    container: Object = _pod(office)["spec"]["containers"][0]
    return container


def _turns(office: Office) -> Object:
    """Sessions that were told to change and are not back yet."""
    stored = office.client.get(office.core("configmaps", "recado-rollout"))["data"]["state.json"]
    turns: Object = json.loads(stored)["flights"]
    return turns


def _labels(office: Office) -> dict[str, str]:
    labels: dict[str, str] = _pod(office)["metadata"].get("labels", {})
    return labels


def _label(office: Office, pod: str, **labels: str | None) -> None:
    office.client.merge(office.core("pods", pod), {"metadata": {"labels": labels}})


def _meaning(found: Object) -> tuple[Any, Any]:
    return found.get("spec"), found.get("automountServiceAccountToken")


def _evict(office: Office) -> int:
    """The status of the refusal; 0 when it is done."""
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": POD}}
    try:
        office.client.create(office.core("pods", f"{POD}/eviction"), eviction)
    except ApiRefusalError as refusal:
        return refusal.status
    return 0


def _budgeted(office: Office) -> int:
    """So many pods the budget's controller has seen that it is about; -1 before it has looked."""
    place = f"/apis/policy/v1/namespaces/{office.namespace}/poddisruptionbudgets/recado-company-{COMPANY}"
    found = office.client.get(place)
    looked = found.get("status", {}).get("observedGeneration") == found["metadata"]["generation"]
    return int(found["status"]["expectedPods"]) if looked else -1


def _foreign(name: str) -> Object:
    """As somebody makes it by hand, where Pod Security is enforced."""
    labels = {"app.kubernetes.io/part-of": "recado", CONNECTION: NAME, "recado.dev/company": COMPANY}
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{"name": "session", "image": "by-hand:1", "securityContext": context}],
        },
    }
