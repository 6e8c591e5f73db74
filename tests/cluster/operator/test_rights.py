"""The operator lives with the rights that its chart grants, and with no more than it uses.

Its last test comes after all others: by then each has told the ledger what its operators asked for.
"""

import pytest
from tests.cluster.fault_proxy.calls import Permission
from tests.cluster.operator import harmony, rights
from tests.cluster.operator.conftest import HERE, Hire
from tests.cluster.operator.ledger import Ledger
from tests.cluster.operator.office import COMPANY, Office, condition, ready_reason
from tests.cluster.waiting import wait_for

OWNERS = {
    Permission("update", "recado.dev", "companies/finalizers"),
    Permission("update", "recado.dev", "whatsappconnections/finalizers"),
}
"""Nobody asks with these: where OwnerReferencesPermissionEnforcement is on, who names an owner to be waited for needs
them. A test below takes them away.
"""


def test_nothing_is_granted_by_a_wildcard_and_no_secret_can_be_read() -> None:
    granted = rights.granted()
    assert "*" not in {word for permission in granted for word in permission}
    verbs = {permission.verb for permission in granted if permission.resource == "secrets"}
    assert verbs <= {"create", "patch", "delete"}
    forbidden = {"deletecollection", "escalate", "bind", "impersonate"}
    assert not forbidden & {permission.verb for permission in granted}


def test_a_whole_life_of_a_connection(office: Office, hire: Hire) -> None:
    """What the last test judges, in case that this module runs alone."""
    hire()
    office.declare_company(isolation="Namespace")
    office.declare("support", deletionPolicy="Logout")
    harmony.settle(office, ["support"])
    office.change("support", podMetadata={"labels": {"team": "care"}})
    wait_for("the pod is labelled", lambda: _labels(office).get("team") == "care")
    office.client.delete(office.core("pods", "wa-support-e1"), gracePeriodSeconds="0")
    harmony.settle(office, ["support"])
    office.remove("support")
    wait_for("the connection is gone", lambda: office.client.absent(office.resources("whatsappconnections", "support")))
    office.client.delete(office.resources("companies", COMPANY))
    wait_for("the company is gone", lambda: office.client.absent(office.resources("companies", COMPANY)))


def test_without_the_right_on_owners_no_pod_is_made_and_the_condition_says_why(office: Office, hire: Hire) -> None:
    role = f"{rights.RBAC}/namespaces/{office.namespace}/roles/{rights.ACCOUNT}"
    office.client.merge(role, {"rules": rights.without(*OWNERS)})
    with office.control.fault_proxy() as apart:  # what is refused here is not held against the chart
        hire(server=apart.url)
        office.declare_company()
        office.declare("support")
        wait_for("it is told", lambda: ready_reason(office.connection("support")) == "DeclarationRefused")
        assert "blockOwnerDeletion" in condition(office.connection("support"), "Ready")["message"]
        assert (office.pods(), office.session_secrets()) == ([], [])


def test_all_that_was_asked_for_is_granted_and_all_that_is_granted_was_used(
    request: pytest.FixtureRequest, ledger: Ledger
) -> None:
    """An operator has the chart's default, and what a setting of the chart adds only where its test granted that."""
    assert ledger.refused == set()
    granted = rights.granted(rights.rules(drain=True))
    assert ledger.used - granted == set()
    collected = {item.path for item in request.session.items}
    if set(HERE.glob("test_*.py")) - collected or request.config.getoption("keyword"):
        pytest.skip("what is used can be judged only after all tests of the operator")
    assert granted - ledger.used - OWNERS == set()


def _labels(office: Office) -> dict[str, str]:
    labels: dict[str, str] = office.client.get(office.core("pods", "wa-support-e1"))["metadata"]["labels"]
    return labels
