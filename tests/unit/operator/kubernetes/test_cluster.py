"""What is known, in which order ever it is told, and whom a change wakes."""

from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, PODS
from recado_operator.kubernetes.cluster import Cluster, Key, view_connection
from recado_operator.runtime.agenda import Urgency

from . import objects

CONNECTION = Key(CONNECTIONS.plural, UUID(objects.UID))
COMPANY = Key(COMPANIES.plural, UUID(objects.COMPANY_UID))


class Heard:
    def __init__(self) -> None:
        self.woken: list[Key] = []
        self.cluster = Cluster(lambda key, *_: self.woken.append(key), lambda _: None)

    def told(self, kind: Any, body: dict[str, Any], *, gone: bool = False) -> list[Key]:
        self.woken.clear()
        self.cluster.notice(kind, body, gone=gone)
        return list(self.woken)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_a_connection_wakes_itself_and_its_company(heard: Heard) -> None:
    assert heard.told(CONNECTIONS, objects.connection()) == [CONNECTION]
    assert heard.told(COMPANIES, objects.company()) == [COMPANY, CONNECTION]
    assert heard.told(CONNECTIONS, objects.connection(11)) == [CONNECTION, COMPANY]


def test_a_company_wakes_its_connections_when_it_means_something_else_to_them(heard: Heard) -> None:
    heard.told(CONNECTIONS, objects.connection())
    heard.told(COMPANIES, objects.company(5))
    counted = {**objects.company(6), "status": {"usage": {"connections": 1, "connectionsReady": 1}}}
    assert heard.told(COMPANIES, counted) == [COMPANY]
    given = {**objects.company(7), "status": {"companyID": 1}}
    assert heard.told(COMPANIES, given) == [COMPANY, CONNECTION]
    suspended = {**objects.company(8, suspend=True), "status": {"companyID": 1}}
    assert heard.told(COMPANIES, suspended) == [COMPANY, CONNECTION]
    assert heard.told(COMPANIES, objects.company(9), gone=True) == [COMPANY, CONNECTION]


@pytest.mark.parametrize(("generation", "observed", "asked"), [(1, None, True), (1, 1, False), (2, 1, True)])
def test_what_people_changed_is_told_from_an_echo_of_our_own(
    generation: int, observed: int | None, *, asked: bool
) -> None:
    told: list[bool] = []
    cluster = Cluster(lambda _, __, urgency: told.append(urgency is Urgency.ASKED), lambda _: None)
    body = objects.connection()
    body["metadata"]["generation"] = generation
    cluster.notice(CONNECTIONS, {**body, "status": {"observedGeneration": observed}}, gone=False)
    assert told == [asked]


def test_a_pod_wakes_its_connection(heard: Heard) -> None:
    assert heard.told(PODS, objects.pod()) == [CONNECTION]
    assert heard.told(PODS, objects.pod(21, ownerReferences=[])) == []
    heard.told(CONNECTIONS, objects.connection())
    assert heard.told(PODS, objects.pod(22, ownerReferences=[], labels={"recado.dev/connection": "support"})) == [
        CONNECTION
    ]


def test_the_past_is_ignored(heard: Heard) -> None:
    heard.told(CONNECTIONS, objects.connection(11, suspend=True))
    assert heard.told(CONNECTIONS, objects.connection(10)) == []
    assert heard.told(CONNECTIONS, objects.connection(11)) == []
    found = heard.cluster.connection(CONNECTION.uid)
    assert found is not None
    assert found.spec.suspend


def test_an_answer_to_a_write_is_known_before_its_event_and_brings_nothing_back(heard: Heard) -> None:
    heard.told(CONNECTIONS, objects.connection(10))
    heard.cluster.connections.refresh(view_connection(objects.connection(12)))
    assert heard.told(CONNECTIONS, objects.connection(11)) == []
    assert heard.told(CONNECTIONS, objects.connection(13), gone=True) == [CONNECTION]
    heard.cluster.connections.refresh(view_connection(objects.connection(12)))
    assert heard.cluster.connection(CONNECTION.uid) is None


def test_one_of_the_same_name_is_another_one(heard: Heard) -> None:
    other = "01890000-0000-7000-8000-000000000009"
    heard.told(CONNECTIONS, objects.connection(10))
    heard.told(CONNECTIONS, objects.connection(12, uid=other))
    assert heard.told(CONNECTIONS, objects.connection(11), gone=True) == []
    assert heard.cluster.connection(UUID(other)) is not None
    assert heard.cluster.connection(CONNECTION.uid) is None


def test_what_a_whole_list_does_not_name_is_gone(heard: Heard) -> None:
    heard.told(CONNECTIONS, objects.connection(10))
    heard.told(PODS, objects.pod(20))
    heard.woken.clear()
    assert heard.cluster.drop_missing(PODS, "acme", {"pod-3"}, 30) == 0
    assert heard.cluster.drop_missing(PODS, "other", set(), 30) == 0
    assert heard.cluster.drop_missing(PODS, "acme", set(), 19) == 0  # younger than the list
    assert heard.cluster.drop_missing(PODS, "acme", set(), 30) == 1
    assert heard.woken == [CONNECTION]
    assert [pod.hidden for pod in heard.cluster.pods] == [True], "it may have lost a label only"
    assert heard.cluster.drop_missing(PODS, "acme", set(), 31) == 1
    assert heard.cluster.drop_missing(CONNECTIONS, "acme", set(), 30) == 1
    assert heard.cluster.everything() == set()


@pytest.mark.parametrize(
    "body", [objects.pod(21, deletionTimestamp="2026-11-23T12:01:00Z"), objects.pod(21, status={"phase": "Failed"})]
)
def test_a_pod_that_was_deleted_or_has_ended_is_gone_when_a_watch_says_so(heard: Heard, body: dict[str, Any]) -> None:
    heard.told(PODS, body)
    assert heard.told(PODS, {**body, "metadata": {**body["metadata"], "resourceVersion": "22"}}, gone=True)
    assert list(heard.cluster.pods) == []


def test_of_who_applied_what_the_managers_name_is_kept(heard: Heard) -> None:
    applied = objects.connection()
    applied["metadata"]["managedFields"] = [
        {"manager": "recado-operator", "subresource": "status", "fieldsV1": {"f:status": {}}},
        {"manager": "argocd-controller", "operation": "Apply", "fieldsV1": {"f:spec": {"f:suspend": {}}}},
    ]
    heard.told(CONNECTIONS, applied)
    found = heard.cluster.connection(CONNECTION.uid)
    assert found is not None
    assert found.metadata.manager == "argocd-controller"
    assert "suspend" not in str(found.metadata.managed_fields)


def test_an_object_that_cannot_be_read_is_left_alone(heard: Heard) -> None:
    assert heard.told(CONNECTIONS, objects.connection(phoneNumber="no number")) == []
    assert heard.cluster.everything() == set()


def test_connections_are_counted_by_what_ready_says(heard: Heard) -> None:
    def count(ready: str, reason: str) -> float | None:
        return REGISTRY.get_sample_value("recado_connections", {"ready": ready, "reason": reason})

    body = objects.connection()
    heard.told(CONNECTIONS, body)
    heard.cluster.measure()
    assert count("Unknown", "") == 1
    told = {"type": "Ready", "status": "True", "reason": "Connected", "message": "", "observedGeneration": 1}
    body["status"] = {"conditions": [{**told, "lastTransitionTime": "2026-11-23T12:00:00Z"}]}
    body["metadata"]["resourceVersion"] = "11"
    heard.told(CONNECTIONS, body)
    heard.cluster.measure()
    assert (count("True", "Connected"), count("Unknown", "")) == (1, None)


def test_the_company_nearest_to_its_quota_is_told(heard: Heard) -> None:
    for name, uid, used in (("small", "a", 3), ("full", "b", 9), ("empty", "c", 0)):
        body = objects.company(quotas={"connections": 10})
        body["metadata"] |= {"name": name, "uid": f"01890000-0000-7000-8000-00000000000{uid}"}
        body["status"] = {"usage": {"connections": used, "connectionsReady": 0, "agents": 0, "summary": ""}}
        heard.told(COMPANIES, body)
    heard.cluster.measure()
    assert REGISTRY.get_sample_value("recado_quota_used_ratio") == 0.9
