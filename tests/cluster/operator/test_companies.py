"""A company that is suspended, limited, flooded or deleted: its connections follow, and their conditions say why."""

from collections import Counter
from functools import partial

import pytest
from tests.cluster.client import Object
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import bystander, harmony, rights
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.ledger import writes
from tests.cluster.operator.office import COMPANY, Office, condition, ready_reason
from tests.cluster.operator.witness import Witness
from tests.cluster.waiting import wait_for

from recado_core.passwords import HASHER

NAMES = ["support-0", "support-1", "support-2"]
QUOTA, OVER = 5, 50
NONCES = 60
PURGED = ("pods", "secrets", "networkpolicies", "poddisruptionbudgets", "resourcequotas", "session_lease", "app_user")
"""Some of what a company has that is purged."""
LOGIN = """
    select rolname as name from pg_roles where rolname = $1 union all
    select nspname from pg_namespace where nspname = $1
"""


def test_a_suspended_company_has_no_sessions_and_a_resumed_one_has_them_again(
    office: Office, hire: Hire, fault_proxy: FaultProxy
) -> None:
    leader = hire()
    _declare(office)
    office.change_company(suspend=True)
    harmony.settle(office, [])
    wait_for("all say it", lambda: _reasons(office) == {"CompanySuspended": 3})
    wait_for("the company says it", lambda: ready_reason(_company(office)) == "Suspended")
    assert _database_status(office) == "suspended"
    harmony.assert_at_rest(office, fault_proxy, leader)
    office.change_company(suspend=False)
    harmony.settle(office, NAMES)
    assert _database_status(office) == "active"
    harmony.assert_at_rest(office, fault_proxy, leader)


def test_a_lower_quota_spares_the_linked_and_the_oldest_and_a_higher_one_lets_all_run(
    office: Office, hire: Hire, fault_proxy: FaultProxy
) -> None:
    leader = hire()
    _declare(office)
    uid = office.connection("support-2")["metadata"]["uid"]
    office.query("update connection set jid = '5511@s.whatsapp.net' where id = $1::text::uuid", uid)
    oldest, youngest = (name for name in _oldest_first(office) if name != "support-2")
    office.change_company(quotas={"connections": 2})
    harmony.settle(office, [oldest, "support-2"])
    wait_for("it is told", lambda: ready_reason(office.connection(youngest)) == "QuotaExceeded")
    wait_for("the company names it", lambda: youngest in condition(_company(office), "WithinQuota")["message"])
    harmony.assert_at_rest(office, fault_proxy, leader)
    office.change_company(quotas={"connections": 3})
    harmony.settle(office, NAMES)
    wait_for("the company says it", lambda: condition(_company(office), "WithinQuota")["status"] == "True")
    harmony.assert_at_rest(office, fault_proxy, leader)


def test_a_flood_over_the_quota_costs_no_pod_and_is_answered_one_by_one(
    office: Office, hire: Hire, fault_proxy: FaultProxy
) -> None:
    leader = hire()
    office.declare_company(quotas={"connections": QUOTA})
    with Witness(office) as witness:
        for number in range(QUOTA + OVER):
            office.declare(f"flood-{number:02}")
        wait_for("all are answered", lambda: _reasons(office) == {"PodPending": QUOTA, "QuotaExceeded": OVER}, 60)
        harmony.settle(office, _oldest_first(office)[:QUOTA])
    assert len(witness.created) < 2 * QUOTA, "who comes first is decided by age, not by who is looked at first"
    wait_for("the company says it", lambda: "50 more" not in str(_company(office)) and _used(office) == QUOTA + OVER)
    harmony.assert_at_rest(office, fault_proxy, leader)


def test_its_first_person_comes_from_a_secret_that_the_operator_may_read(office: Office, hire: Hire) -> None:
    password = "so that Ana gets in"
    for name in ("first-admin", "another"):
        office.client.create(office.core("secrets"), {"metadata": {"name": name}, "stringData": {"password": password}})
    with office.control.fault_proxy() as apart:  # a right beyond the default is not held against the chart
        leader = hire(server=apart.url, RECADO_MAKE_FIRST_ADMINS="true")
        new = {"displayName": "Acme", "initialAdmin": _admin("first-admin")}
        declared = {"apiVersion": "recado.dev/v1alpha1", "kind": "Company", "metadata": {"name": COMPANY}, "spec": new}
        office.client.create(office.resources("companies"), declared)
        wait_for("the right is missed", lambda: _initial_admin(office) == ("False", "SecretNotReadable"))
        role = f"{rights.RBAC}/namespaces/{office.namespace}/roles/{rights.ACCOUNT}"
        reading = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
        office.client.merge(role, {"rules": [*rights.without(), reading]})
        office.change_company(initialAdmin=_admin("missing"))
        wait_for("the Secret is missed", lambda: _initial_admin(office) == ("False", "SecretNotFound"))
        office.change_company(initialAdmin=_admin("another"))
        wait_for("she is made", lambda: _initial_admin(office) == ("True", "Created"))
        [ana] = office.query("select password_hash from app_user where email = 'ana@acme.example.com'")
        assert HASHER.verify(ana["password_hash"], password)
        events = office.client.items(f"/apis/events.k8s.io/v1/namespaces/{office.namespace}/events")
        told = f"{_company(office)['status']} {events} {leader.log.read_text()}"
        assert not [secret for secret in (password, ana["password_hash"]) if secret in told]
        harmony.assert_at_rest(office, apart, leader)


def _admin(secret: str) -> Object:
    return {"email": "ana@acme.example.com", "passwordSecretRef": {"name": secret, "key": "password"}}


def _initial_admin(office: Office) -> tuple[str, str]:
    told = condition(_company(office), "InitialAdmin")
    return told.get("status", ""), told.get("reason", "")


def _oldest_first(office: Office) -> list[str]:
    """Kubernetes knows the time of a creation to the second; among equals the uid decides."""
    known = (found["metadata"] for found in office.connections())
    return [one["name"] for one in sorted(known, key=lambda one: (one["creationTimestamp"], one["uid"]))]


@pytest.mark.parametrize("asked", ["pairing", "reconnect"])
def test_a_flood_of_requests_is_answered_with_the_last_one(
    office: Office, hire: Hire, fault_proxy: FaultProxy, asked: str
) -> None:
    leader = hire()
    _declare(office)
    before = len(writes(fault_proxy.calls))
    for number in range(NONCES):
        office.change("support-0", **{asked: {"request": f"nonce-{number}"}})

    def answered() -> str:
        return str(office.connection("support-0")["status"].get(asked, {}).get("observedRequest", ""))

    wait_for("the last one is answered", lambda: answered() == f"nonce-{NONCES - 1}", 60)
    harmony.settle(office, NAMES)
    harmony.assert_at_rest(office, fault_proxy, leader)
    spent = len(writes(fault_proxy.calls)) - before
    assert spent <= 6 * NONCES, "each request costs at most one session"


def test_purge_waits_until_it_is_confirmed_with_the_right_name(office: Office, hire: Hire) -> None:
    hire()
    office.declare_company()
    office.declare("support", deletionPolicy="Purge")
    harmony.settle(office, ["support"])
    place = office.resources("whatsappconnections", "support")
    office.remove("support")
    wait_for("it says so", lambda: ready_reason(office.connection("support")) == "PurgeNotConfirmed")
    office.client.merge(place, _confirming("sales"))
    wait_for("its session has ended", lambda: not office.pods())
    assert ready_reason(office.connection("support")) == "PurgeNotConfirmed"
    assert len(office.query("select 1 from session_lease")) == 1
    office.client.merge(place, _confirming("support"))
    wait_for("it is gone", lambda: office.client.absent(place))
    assert office.query("select 1 from session_lease") == []


def test_a_company_does_not_go_before_its_connections(office: Office, hire: Hire) -> None:
    hire()
    _declare(office)
    place = office.resources("companies", COMPANY)
    office.client.delete(place)
    wait_for("it says so", lambda: _blocked(office) == "ConnectionsExist")
    harmony.settle(office, NAMES)
    for name in NAMES:
        office.remove(name)
    wait_for("it is gone", partial(office.client.absent, place))
    assert _database_status(office) == "active", "Retain keeps the row"


def test_a_purged_company_leaves_nothing_and_others_are_not_touched(office: Office, hire: Hire) -> None:
    office.meet_collector()
    with bystander.beside(office) as neighbour:
        watched = f"{office.namespace},{neighbour.namespace}"
        leader = hire(RECADO_NAMESPACE=office.namespace, RECADO_WATCH_NAMESPACES=watched)
        bystander.settle(neighbour)
        office.declare_company(deletionPolicy="Purge", isolation="Namespace")
        office.declare("support")
        harmony.settle(office, ["support"])
        others, had = bystander.snapshot(neighbour), bystander.snapshot(office)
        assert [kind for kind in PURGED if not had[kind]] == []
        login = office.query("select role_name from session_lease where company_id = $1", office.company.id)[0]
        place = office.resources("companies", COMPANY)
        office.client.delete(place)
        wait_for("its connections hold it", lambda: _blocked(office) == "ConnectionsExist")
        office.remove("support")
        wait_for("it must be confirmed", lambda: _blocked(office) == "PurgeNotConfirmed")
        looked = leader.metric("recado_reconcile_total")
        office.client.merge(place, _confirming(bystander.NAME))
        wait_for("it was looked at", lambda: leader.metric("recado_reconcile_total") > looked)
        assert (_blocked(office), _database_status(office)) == ("PurgeNotConfirmed", "active")
        office.client.merge(place, _confirming(COMPANY))
        wait_for("it is gone", partial(office.client.absent, place))
        wait_for("nothing is left of it", lambda: not _left(office))
        assert office.query(LOGIN, login["role_name"]) == []
        assert bystander.snapshot(neighbour) == others


def _blocked(office: Office) -> str:
    return str(condition(_company(office), "DeletionBlocked").get("reason", ""))


def _left(office: Office) -> bystander.Snapshot:
    """But for accounts, which are the namespace's."""
    now = bystander.snapshot(office)
    return {kind: found for kind, found in now.items() if found and kind != "serviceaccounts"}


def _declare(office: Office) -> None:
    office.declare_company(quotas={"connections": 3})
    for name in NAMES:
        office.declare(name)
    harmony.settle(office, NAMES)


def _confirming(name: str) -> dict[str, object]:
    return {"metadata": {"annotations": {"recado.dev/confirm-purge": name}}}


def _company(office: Office) -> dict[str, object]:
    return office.client.get(office.resources("companies", COMPANY))


def _used(office: Office) -> object:
    return office.client.get(office.resources("companies", COMPANY))["status"]["usage"]["connections"]


def _reasons(office: Office) -> Counter[str]:
    return Counter(map(ready_reason, office.connections()))


def _database_status(office: Office) -> object:
    return office.query("select status from company where id = $1", office.company.id)[0]["status"]
