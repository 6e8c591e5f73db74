"""An upgrade that is taken back, and the end of an installation, which waits until nobody needs it any more."""

import pytest
from tests.cluster.client import Object
from tests.cluster.installation import CHART, NAMESPACE
from tests.cluster.platform.product import Product
from tests.cluster.waiting import wait_for

pytestmark = [pytest.mark.node, pytest.mark.full, pytest.mark.timeout(900)]
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
WAIT = ("--wait", "--timeout=240s")
UNINSTALL_WAIT = "--timeout=180s"
SHOP, CUSTOMER = "5511900000031", "5511988887777"


def test_an_upgrade_and_the_way_back_disturb_no_session(acme: Product) -> None:
    acme.declare("steady")
    acme.link("steady", SHOP)
    acme.wait_ready("steady")
    (device,) = acme.devices(SHOP)
    before, installation = seen(acme, device), acme.installation
    assert set_up(acme) == ("false", 1)
    values = installation.values
    operator = {**values["operator"], "drain": {"enabled": True}}
    api = {**values["api"], "replicas": 2}
    installation.helm.upgrade(CHART, {**values, "operator": operator, "api": api}, *WAIT)
    assert set_up(acme) == ("true", 2)
    acme.wait_ready("steady")
    installation.helm.run("rollback", "recado", *WAIT)
    assert set_up(acme) == ("false", 1)
    acme.wait_ready("steady")
    acme.write(CUSTOMER, SHOP, "Ainda aí?")
    wait_for("it is stored", lambda: acme.rows("select 1 from message where body = 'Ainda aí?'"))
    assert seen(acme, device) == before


def test_uninstalling_waits_until_the_connections_are_gone(acme: Product) -> None:
    acme.declare("held")
    acme.wait_reason("held", "AwaitingPairing")
    helm, before = acme.installation.helm, running(acme)
    with pytest.raises(AssertionError, match="Job Failed") as refused:
        helm.run("uninstall", "recado", UNINSTALL_WAIT)
    for told in ("whatsappconnections/held in recado", "companies/acme in recado", "kubectl delete wac,co --all"):
        assert told in str(refused.value)
    assert running(acme) == before
    acme.wait_reason("held", "AwaitingPairing")
    helm.run("rollback", "recado", str(helm.status()["version"]), *WAIT)
    assert helm.status()["info"]["status"] == "deployed", "else Helm would upgrade it no more"
    acme.kubectl("delete", "wac,co", "--all", "--timeout=180s")
    helm.run("uninstall", "recado", UNINSTALL_WAIT)
    wait_for("it is gone", lambda: not running(acme))


def set_up(product: Product) -> tuple[str, int]:
    """Whether the operator looks at nodes, and how many replicas of the API are ready."""
    operator, api = (product.client.get(f"{DEPLOYMENTS}/recado-{name}") for name in ("operator", "api"))
    (container,) = operator["spec"]["template"]["spec"]["containers"]
    (drain,) = [one["value"] for one in container["env"] if one["name"] == "RECADO_DRAIN"]
    return drain, api["status"]["readyReplicas"]


def seen(product: Product, device: Object) -> Object:
    """Of `steady`, what an interruption would change."""
    (pod,) = product.pods_of("steady")
    (status,) = pod["status"]["containerStatuses"]
    connected = [one for one in product.simulator.ledger("connected") if one["device"] == device["id"]]
    condition = product.condition("steady", "Ready")
    return {
        "pod": pod["metadata"]["uid"],
        "restarts": status["restartCount"],
        "connected": connected,
        "ready": (condition["status"], condition["lastTransitionTime"]),
    }


def running(product: Product) -> set[str]:
    return {one["metadata"]["name"] for one in product.client.items(DEPLOYMENTS)}
