"""Recado in a real cluster, as its users install it: our images on the nodes, the chart with the values for a cluster
that reaches no registry, and doors on this machine's loopback to the inbox and to the simulated phones.
"""

import base64
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.chart.helm import Helm
from tests.cluster.ports import free_ports
from tests.cluster.programs import ROOT
from tests.cluster.real_cluster import RealCluster

CHART = ROOT / "charts" / "recado"
VALUES = CHART / "values-local.yaml"
ARCHIVES = ROOT / ".cache" / "images"
NAMESPACE = "recado"
LOOPBACK = "127.0.0.1"
WAIT = "--timeout=270s"


def archives() -> list[Path]:
    """What `make images` wrote."""
    found = sorted(ARCHIVES.glob("*.tar"))
    assert found, "There are no images. Run: make images"
    return found


class Installation:
    """`install` it in a cluster that runs. Its namespace enforces the `restricted` Pod Security standard."""

    def __init__(self, cluster: RealCluster, *, inbox_port: int = 0, phones_port: int = 0) -> None:
        self.cluster = cluster
        self.client = cluster.control.client
        self.helm = Helm(cluster.control, NAMESPACE)
        ports = free_ports()
        self._ports = {"frontend": inbox_port or ports[0], "simulator": phones_port or ports[1]}
        self.url = f"http://{LOOPBACK}:{self._ports['frontend']}"
        self.phones_url = f"http://{LOOPBACK}:{self._ports['simulator']}"
        self.values: dict[str, Any] = {**yaml.safe_load(VALUES.read_text()), "publicUrl": self.url}

    def install(self, *arguments: str) -> str:
        """Returns Helm's notes when everything is ready. Raises AssertionError with what does not run."""
        for archive in archives():
            self.cluster.import_image(archive)
        labels = {"pod-security.kubernetes.io/enforce": "restricted"}
        self.client.create("/api/v1/namespaces", {"metadata": {"name": NAMESPACE, "labels": labels}})
        try:
            notes = self.helm.install(CHART, self.values, "--wait", WAIT, *arguments)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.kubectl('get', 'pods')}") from error
        self.forward("frontend", 80, self._ports["frontend"])
        self.forward("simulator", 8090, self._ports["simulator"])
        return notes

    @property
    def email(self) -> str:
        return str(self.values["firstAdmin"]["email"])

    @property
    def password(self) -> str:
        return self.secret("recado-secrets", "admin-password")

    def secret(self, name: str, key: str) -> str:
        data = self.client.get(f"/api/v1/namespaces/{NAMESPACE}/secrets/{name}")["data"]
        return base64.b64decode(data[key]).decode()

    def forward(self, component: str, port: int, own: int = 0) -> str:
        """A door to the Service of a component: `127.0.0.1:port`."""
        service = self.client.get(f"/api/v1/namespaces/{NAMESPACE}/services/recado-{component}")
        return self.cluster.forward(str(service["spec"]["clusterIP"]), port, own)

    def kubectl(self, *arguments: str, given: str | None = None) -> str:
        return self.cluster.control.kubectl(f"--namespace={NAMESPACE}", *arguments, given=given)
