"""A namespace with the operator's account and rights, a database of its own, and a company in both."""

import uuid
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.client import KubernetesClient, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.operator import rights
from tests.cluster.waiting import wait_for
from tests.integration.database import Company, Database

CRDS = Path(__file__).resolve().parents[3] / "crds"
RECADO = "apis/recado.dev/v1alpha1"
COMPANY = "acme"


def install_definitions(client: KubernetesClient) -> None:
    for path in sorted(CRDS.glob("*.yaml")):
        definition = yaml.safe_load(path.read_text())
        name = definition["metadata"]["name"]
        place = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
        client.apply(place, definition)
        wait_for(f"{name} is served", partial(_established, client, place))


def _established(client: KubernetesClient, place: str) -> bool:
    definition = client.get(place)
    conditions = definition.get("status", {}).get("conditions") or []
    return any(found["type"] == "Established" and found["status"] == "True" for found in conditions)


class Office:
    def __init__(self, control: ControlPlane, database: Database, company: Company) -> None:
        self.control = control
        self.client = control.client
        self.database = database
        self.company = company
        self.namespace = f"office-{uuid.uuid4().hex[:8]}"

    def open(self) -> None:
        self.client.create("/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        for path, manifest in rights.objects(self.namespace):
            self.client.create(path, manifest)
        self.client.create(self.core("serviceaccounts"), {"metadata": {"name": "recado-session"}})

    def close(self) -> None:
        """The namespace goes, and everything in it: nothing of ours may hold it up."""
        for name in [found["metadata"]["name"] for found in self.client.items(self.resources("whatsappconnections"))]:
            self.client.merge(self.resources("whatsappconnections", name), {"metadata": {"finalizers": None}})
        for name in [found["metadata"]["name"] for found in self.client.items(self.resources("companies"))]:
            self.client.merge(self.resources("companies", name), {"metadata": {"finalizers": None}})
        self.client.delete(f"/api/v1/namespaces/{self.namespace}")

    def core(self, plural: str, name: str = "") -> str:
        return "/".join(part for part in (f"/api/v1/namespaces/{self.namespace}", plural, name) if part)

    def resources(self, plural: str, name: str = "") -> str:
        return "/".join(part for part in (f"/{RECADO}/namespaces/{self.namespace}", plural, name) if part)

    def declare_company(self, **spec: Any) -> Object:
        declared = {"displayName": "Acme", "companyID": self.company.id, "quotas": {"connections": 10000}, **spec}
        return self.client.create(self.resources("companies"), _resource("Company", COMPANY, declared))

    def declare(self, name: str, **spec: Any) -> Object:
        declared = {"companyRef": {"name": COMPANY}, **spec}
        return self.client.create(
            self.resources("whatsappconnections"), _resource("WhatsAppConnection", name, declared)
        )

    def connection(self, name: str) -> Object:
        return self.client.get(self.resources("whatsappconnections", name))

    def pods(self) -> list[str]:
        return sorted(pod["metadata"]["name"] for pod in self.client.items(self.core("pods")))

    def secrets(self) -> list[str]:
        return sorted(secret["metadata"]["name"] for secret in self.client.items(self.core("secrets")))

    def leader(self) -> str:
        place = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/recado-operator"
        if self.client.absent(place):
            return ""
        return str(self.client.get(place)["spec"].get("holderIdentity") or "")


def ready_reason(connection: Object) -> str:
    conditions = connection.get("status", {}).get("conditions", [])
    return next((str(found["reason"]) for found in conditions if found["type"] == "Ready"), "")


def _resource(kind: str, name: str, spec: Object) -> Object:
    return {"apiVersion": "recado.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
