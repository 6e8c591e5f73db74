"""The inbox and kubectl have the same resources: what is clicked is applied, by the API's own account, and what others
declared is shown with their name and left to them.
"""

from http import HTTPStatus

import pytest
from tests.cluster.client import Object
from tests.cluster.platform.product import GROUP, Product, connection
from tests.cluster.waiting import wait_for

pytestmark = [pytest.mark.node, pytest.mark.timeout(300)]
WEB = "recado-api"


def test_what_is_clicked_is_done_to_the_resource(acme: Product) -> None:
    view = acme.api.create_connection("Loja Nova")
    name, place = view["name"], f"/connections/{view['id']}"
    made = acme.resource(name)
    assert (made["metadata"]["uid"], made["spec"]["displayName"]) == (view["id"], "Loja Nova")
    assert (view["managedBy"], appliers(made)) == ("recado", {WEB})
    acme.wait_reason(name, "AwaitingPairing")
    assert acme.api.call("POST", f"{place}/pause")["paused"] is True
    assert acme.resource(name)["spec"]["suspend"] is True
    acme.wait_reason(name, "Suspended")
    assert acme.api.call("POST", f"{place}/resume")["paused"] is False
    assert acme.resource(name)["spec"]["suspend"] is False
    acme.api.call("DELETE", place)
    wait_for("the resource is gone", lambda: acme.absent(name))
    assert acme.shown(name) is None


@pytest.mark.parametrize("manager", ["kubectl", "argocd-controller"])
def test_what_others_declared_shows_their_name_and_is_left_to_them(acme: Product, manager: str) -> None:
    name = f"of-{manager}"
    if manager == "kubectl":
        acme.declare(name, suspend=True)
    else:
        place = f"{GROUP}/whatsappconnections/{name}"
        acme.client.apply(place, connection(name, suspend=True), manager=manager)
    before = acme.resource(name)["spec"]
    view = wait_for("the inbox shows it", lambda: acme.shown(name))
    assert view["managedBy"] == manager
    for method, action in (("POST", "/pause"), ("POST", "/resume"), ("DELETE", "")):
        refused = acme.api.request(method, f"/connections/{view['id']}{action}")
        assert (refused.status_code, refused.json()["code"]) == (HTTPStatus.CONFLICT, "managed_elsewhere")
        assert manager in refused.json()["detail"]
    assert acme.resource(name)["spec"] == before
    assert "deletionTimestamp" not in acme.resource(name)["metadata"]
    acme.kubectl("delete", f"wac/{name}", "--timeout=60s")


def appliers(resource: Object) -> set[str]:
    """Who set anything of its spec."""
    entries = resource["metadata"]["managedFields"]
    return {entry["manager"] for entry in entries if "f:spec" in entry["fieldsV1"]}
