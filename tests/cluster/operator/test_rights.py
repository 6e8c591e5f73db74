"""The operator lives with the rights of its Role, and with no more than it uses."""

from tests.cluster.fault_proxy.calls import Permission
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import rights
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import COMPANY, Office
from tests.cluster.waiting import wait_for


def test_nothing_is_asked_for_that_is_not_granted(office: Office, hire: Hire, fault_proxy: FaultProxy) -> None:
    operator = hire(server=fault_proxy.url)
    office.declare_company(isolation="Namespace")
    office.declare("support", deletionPolicy="Logout")
    wait_for("a pod is made", office.pods)
    office.client.delete(office.core("pods", "wa-support-e1"), gracePeriodSeconds="0")
    wait_for("the next pod is made", lambda: office.pods() == ["wa-support-e2"])
    office.client.delete(office.resources("whatsappconnections", "support"))
    wait_for("the connection is gone", lambda: office.client.absent(office.resources("whatsappconnections", "support")))
    office.client.delete(office.resources("companies", COMPANY))
    wait_for("the company is gone", lambda: office.client.absent(office.resources("companies", COMPANY)))
    assert operator.stop() == 0
    caller = f"system:serviceaccount:{office.namespace}:{rights.ACCOUNT}"
    assert fault_proxy.refused(caller) == set()
    used = {permission for permission in fault_proxy.permissions(caller) if permission in _granted()}
    unknown = fault_proxy.permissions(caller) - used
    assert unknown == set()
    assert {(found.verb, found.resource) for found in used} >= {("create", "pods"), ("patch", "secrets")}


def _granted() -> set[Permission]:
    return {
        Permission(verb, group, resource)
        for rule in rights.RULES
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
