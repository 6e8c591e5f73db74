"""The thinnest path on a real API server: declare, see a pod, its Secret and the status, delete, see nothing."""

import base64
from collections import Counter

from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.ledger import writes
from tests.cluster.operator.office import COMPANY, Office, ready_reason
from tests.cluster.waiting import wait_for


def test_a_declared_connection_gets_a_pod_a_secret_and_a_status(office: Office, hire: Hire) -> None:
    hire()
    office.declare_company()
    declared = office.declare("support", podMetadata={"labels": {"team": "care"}})
    wait_for("a pod is made", office.pods)
    assert (office.pods(), office.secrets()) == (["wa-support-e1"], ["wa-support-e1"])
    pod = office.client.get(office.core("pods", "wa-support-e1"))
    assert pod["metadata"]["ownerReferences"][0]["uid"] == declared["metadata"]["uid"]
    assert pod["metadata"]["labels"]["recado.dev/company"] == COMPANY
    assert pod["metadata"]["labels"]["team"] == "care"
    secret = office.client.get(office.core("secrets", "wa-support-e1"))["data"]
    role = base64.b64decode(secret["DB_USER"]).decode()
    assert role == f"wa_{declared['metadata']['uid'].replace('-', '')}"
    wait_for("the status tells", lambda: "session" in office.connection("support").get("status", {}))
    status = office.connection("support")["status"]
    assert (status["session"]["epoch"], status["connectionID"]) == (1, declared["metadata"]["uid"])


def test_a_deleted_connection_leaves_nothing_in_the_cluster(office: Office, hire: Hire) -> None:
    office.meet_collector()
    hire()
    office.declare_company()
    office.declare("support")
    wait_for("a pod is made", office.pods)
    office.client.delete(office.resources("whatsappconnections", "support"))
    wait_for("the connection is gone", lambda: office.client.absent(office.resources("whatsappconnections", "support")))
    wait_for("its pod and Secret are gone", lambda: not office.pods() and not office.secrets())


def test_a_killed_pod_is_followed_by_one_of_the_next_epoch(office: Office, hire: Hire) -> None:
    hire()
    office.declare_company()
    office.declare("support")
    wait_for("a pod is made", office.pods)
    office.client.delete(office.core("pods", "wa-support-e1"), gracePeriodSeconds="0")
    wait_for("the next pod is made", lambda: office.pods() == ["wa-support-e2"])
    wait_for("the old Secret is gone", lambda: office.secrets() == ["wa-support-e2"])


def test_without_its_company_nothing_starts_and_the_status_says_why(office: Office, hire: Hire) -> None:
    hire()
    office.declare("support")
    wait_for("it is told", lambda: ready_reason(office.connection("support")) == "CompanyNotFound")
    assert office.pods() == []
    office.declare_company()
    wait_for("a pod is made", office.pods)


def test_a_suspended_connection_has_no_pod_and_a_resumed_one_has(office: Office, hire: Hire) -> None:
    hire()
    office.declare_company()
    office.declare("support")
    wait_for("a pod is made", office.pods)
    place = office.resources("whatsappconnections", "support")
    office.client.merge(place, {"spec": {"suspend": True}})
    wait_for("the pod is gone", lambda: not office.pods())
    wait_for("it is told", lambda: ready_reason(office.connection("support")) == "Suspended")
    office.client.merge(place, {"spec": {"suspend": False}})
    wait_for("a pod is made", office.pods)


def test_transitions_are_told_once_each(office: Office, hire: Hire) -> None:
    hire()
    office.declare("support")
    office_events = f"/apis/events.k8s.io/v1/namespaces/{office.namespace}/events"

    def told() -> list[str]:
        return [
            event["reason"]
            for event in office.client.items(office_events)
            if event["regarding"]["kind"] == "WhatsAppConnection"
        ]

    wait_for("the event is written", told)
    assert told() == ["CompanyNotFound"]


def test_at_rest_nothing_is_written(office: Office, hire: Hire) -> None:
    operator = hire()
    office.declare_company()
    for number in range(5):
        office.declare(f"support-{number}")
    wait_for("pods are made", lambda: len(office.pods()) == 5)
    wait_for("statuses tell", lambda: all(ready_reason(office.connection(f"support-{n}")) for n in range(5)))
    wait_for("the queue is empty", lambda: operator.metric("workqueue_depth") == 0)
    looked = operator.metric("recado_reconcile_total")
    poked = office.poke()
    wait_for("all were looked at", lambda: operator.metric("recado_reconcile_total") >= looked + 6)
    seen = {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in office.connections()}
    assert seen == poked


def test_a_start_costs_a_secret_a_pod_and_a_status(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    leader = hire()
    office.declare_company()
    harmony.assert_at_rest(office, fault_proxy, leader)
    before = len(fault_proxy.calls)
    office.declare("support")
    wait_for("the status tells", lambda: ready_reason(office.connection("support")))
    harmony.assert_at_rest(office, fault_proxy, leader)
    spent = Counter(call.resource for call in writes(fault_proxy.calls[before:]))
    del spent["companies/status"], spent["configmaps"], spent["events"]  # of all together
    assert spent == {"secrets": 1, "pods": 1, "whatsappconnections/status": 1}
