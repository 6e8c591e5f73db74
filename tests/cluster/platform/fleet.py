"""Many linked sessions on one node, and what becomes of them while their release changes."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.cluster.client import Object
from tests.cluster.installation import CHART, NAMESPACE
from tests.cluster.node import RealNode
from tests.cluster.platform.product import PODS, Product, company
from tests.cluster.waiting import wait_for

SESSION = "localhost/recado-session"
WORKER = "localhost/recado-worker"
OWN, GOOD, BROKEN = "0.1.0", "0.1.0-next", "0.1.0-broken"
CATALOGUE = {version: f"{SESSION}:{version}" for version in (GOOD, BROKEN)}
ROLLOUT = {
    "waves": [{"percent": 0}, {"percent": 10, "soakSeconds": 5}, {"percent": 100, "soakSeconds": 5}],
    "maxUnavailablePercent": 10,
    "maxPerCompany": 1000,
    "readySeconds": 30,
}
OPERATOR_SECONDS = 90.0


class Fleet:
    def __init__(self, product: Product, count: int) -> None:
        self.product = product
        self.phones = {f"fleet-{number}": f"55119100{number:05d}" for number in range(count)}
        self.patience = 60.0 + 10.0 * count

    def link(self) -> None:
        product = self.product
        product.apply(company(quotas={"connections": len(self.phones) + 20}))
        for name, phone in self.phones.items():
            product.declare(name)
            product.link(name, phone)
        for name in self.phones:
            product.wait_ready(name, self.patience)

    def remove(self) -> None:
        """Resources and pods, so that what comes after has the node for itself, and the release that every node has."""
        self.product.kubectl("delete", "wac", *self.phones, "--wait")
        self.release(OWN)  # in quick waves: until the last has settled, whoever starts gets the one before
        self.wait_phase("Settled", OWN, OPERATOR_SECONDS + self.patience)
        self._upgrade({})

    def prepare(self, nodes: Sequence[RealNode]) -> None:
        """Brings the images of both releases: a good one, and one that is no session at all and ends at once."""
        for node in nodes:
            node.tag_image(f"{SESSION}:{OWN}", CATALOGUE[GOOD])
            node.tag_image(f"{WORKER}:{OWN}", CATALOGUE[BROKEN])

    def release(self, version: str) -> None:
        """As an administrator does it: another version for the channel Stable, by Helm."""
        operator = {**self.product.installation.values["operator"], "rollout": ROLLOUT}
        self._upgrade({"session": {"catalog": CATALOGUE, "stable": version}, "operator": operator})

    def _upgrade(self, values: dict[str, Any]) -> None:
        """To what was installed, but for `values`."""
        installation = self.product.installation
        installation.helm.upgrade(CHART, {**installation.values, **values}, "--wait", "--timeout=180s")

    def told(self) -> Object:
        place = f"/api/v1/namespaces/{NAMESPACE}/configmaps/recado-rollout"
        found: Object = {} if self.product.client.absent(place) else self.product.client.get(place)["data"]
        return found

    def wait_phase(self, phase: str, version: str, seconds: float) -> Object:
        def reached() -> Object | None:
            told = self.told()
            return told if told.get("phase") == phase and f" {version}," in told["to"] else None

        return wait_for(f"{phase} at {version}", reached, seconds)

    def pods(self) -> list[Object]:
        found = self.product.client.items(PODS, labelSelector="recado.dev/connection")
        return [pod for pod in found if pod["metadata"]["labels"]["recado.dev/connection"] in self.phones]

    def images(self) -> Counter[str]:
        return Counter(pod["spec"]["containers"][0]["image"].rsplit(":", 1)[1] for pod in self.pods())

    def uids(self) -> set[str]:
        return {pod["metadata"]["uid"] for pod in self.pods()}

    def restarts(self) -> Counter[int]:
        """How many pods had their container started again so often."""
        return Counter(pod["status"]["containerStatuses"][0]["restartCount"] for pod in self.pods())

    def reasons(self) -> Counter[str]:
        return Counter(self.product.condition(name, "Ready").get("reason", "") for name in self.phones)

    def devices(self) -> list[str]:
        """The linked devices of all its phones, as WhatsApp knows them."""
        accounts = {one["phone"]: one["devices"] for one in self.product.simulator.state()["accounts"]}
        return sorted(str(device["id"]) for phone in self.phones.values() for device in accounts[phone])

    def heard(self, *kinds: str) -> list[Object]:
        """What WhatsApp noted about its devices."""
        ours = set(self.devices())
        return [entry for entry in self.product.simulator.ledger(*kinds) if str(entry["device"]) in ours]
