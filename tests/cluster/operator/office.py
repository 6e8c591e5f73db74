"""A namespace with the operator's account and rights, a database of its own, and a company in both."""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.client import ApiRefusalError, KubernetesClient, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.operator import rights
from tests.cluster.waiting import wait_for
from tests.integration.database import Company, Database, drop_database, make_database, run_blocking, seed_company

from recado_domain.provision import connect
from recado_local.embedded.postgres import EmbeddedPostgres

CRDS = Path(__file__).resolve().parents[3] / "crds"
RECADO = "apis/recado.dev/v1alpha1"
COMPANY = "acme"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
"""Pod Security as a careful platform team enforces it."""
COLLECTOR_SECONDS = 60.0
_pokes = itertools.count()


def install_definitions(client: KubernetesClient) -> None:
    for path in sorted(CRDS.glob("*.yaml")):
        definition = yaml.safe_load(path.read_text())
        name = definition["metadata"]["name"]
        place = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
        client.apply(place, definition)
        wait_for(f"{name} is established", partial(_established, client, place))
        wait_for(f"{name} is served", partial(client.served, f"/{RECADO}/{definition['spec']['names']['plural']}"))


def _established(client: KubernetesClient, place: str) -> bool:
    definition = client.get(place)
    conditions = definition.get("status", {}).get("conditions") or []
    return any(found["type"] == "Established" and found["status"] == "True" for found in conditions)


@contextmanager
def opened(control: ControlPlane, server: EmbeddedPostgres) -> Iterator["Office"]:
    database = run_blocking(make_database(server))
    office = Office(control, database, run_blocking(seed_company(database.owner)))
    office.open()
    try:
        yield office
    finally:
        office.close()
        run_blocking(drop_database(server, database))


class Office:
    """`home` is the namespace of the operator that serves this one, if it is another."""

    def __init__(self, control: ControlPlane, database: Database, company: Company, home: str = "") -> None:
        self.control = control
        self.client = control.client
        self.database = database
        self.company = company
        self.home = home
        self.namespace = f"office-{uuid.uuid4().hex[:8]}"

    def open(self, rules: Sequence[dict[str, Any]] | None = None) -> None:
        """With the rights that the chart grants, or with `rules`."""
        metadata = {"name": self.namespace, "labels": RESTRICTED}
        self.client.create("/api/v1/namespaces", {"metadata": metadata})
        for path, manifest in rights.objects(self.namespace, self.home, rules):
            self.client.create(path, manifest)
        self.client.create(self.core("serviceaccounts"), {"metadata": {"name": "recado-session"}})

    def let_drain(self) -> None:
        """Grants what the chart grants beyond its default where `operator.drain` is enabled."""
        for path, manifest in rights.drain_objects(self.namespace):
            self.client.create(path, manifest)

    def close(self) -> None:
        """The namespace goes, and everything in it: nothing of ours may hold it up."""
        for plural in ("whatsappconnections", "companies"):
            for name in [found["metadata"]["name"] for found in self.client.items(self.resources(plural))]:
                with suppress(ApiRefusalError):  # it went by itself meanwhile
                    self.client.merge(self.resources(plural, name), {"metadata": {"finalizers": None}})
        self.client.delete(f"/api/v1/namespaces/{self.namespace}")
        for plural in ("clusterroles", "clusterrolebindings"):
            place = f"{rights.RBAC}/{plural}/{rights.cluster_role(self.namespace)}"
            if not self.client.absent(place):
                self.client.delete(place)

    def meet_collector(self) -> None:
        """Waits until the garbage collector knows our kinds: a new one it finds within half a minute, and only from
        then on what a resource owned goes with it.
        """
        owner = self.declare("collected")
        metadata, kind = owner["metadata"], {"apiVersion": owner["apiVersion"], "kind": owner["kind"]}
        reference = {**kind, "name": metadata["name"], "uid": metadata["uid"]}
        owned = {"metadata": {"name": "collected", "ownerReferences": [reference]}}
        self.client.create(self.core("configmaps"), owned)
        self.remove("collected")
        place = self.core("configmaps", "collected")
        wait_for("the garbage collector knows our kinds", lambda: self.client.absent(place), COLLECTOR_SECONDS)

    def core(self, plural: str, name: str = "") -> str:
        return "/".join(part for part in (f"/api/v1/namespaces/{self.namespace}", plural, name) if part)

    def resources(self, plural: str, name: str = "") -> str:
        return "/".join(part for part in (f"/{RECADO}/namespaces/{self.namespace}", plural, name) if part)

    def declare_company(self, name: str = COMPANY, **spec: Any) -> Object:
        declared = {"displayName": "Acme", "companyID": self.company.id, "quotas": {"connections": 10000}, **spec}
        return self.client.create(self.resources("companies"), _resource("Company", name, declared))

    def declare(self, name: str, **spec: Any) -> Object:
        declared = {"companyRef": {"name": COMPANY}, **spec}
        return self.client.create(
            self.resources("whatsappconnections"), _resource("WhatsAppConnection", name, declared)
        )

    def change(self, name: str, **spec: Any) -> Object:
        return self.client.merge(self.resources("whatsappconnections", name), {"spec": spec})

    def change_company(self, **spec: Any) -> Object:
        return self.client.merge(self.resources("companies", COMPANY), {"spec": spec})

    def poke(self) -> dict[str, str]:
        """Labels everything anew, so that the operator looks at it; answers the versions of the connections by name."""
        poke = {"metadata": {"labels": {"poked": str(next(_pokes))}}}
        self.client.merge(self.resources("companies", COMPANY), poke)
        names = [connection["metadata"]["name"] for connection in self.connections()]
        poked = [self.client.merge(self.resources("whatsappconnections", name), poke) for name in names]
        return {one["metadata"]["name"]: one["metadata"]["resourceVersion"] for one in poked}

    def remove(self, name: str) -> None:
        self.client.delete(self.resources("whatsappconnections", name))

    def connection(self, name: str) -> Object:
        return self.client.get(self.resources("whatsappconnections", name))

    def connections(self) -> list[Object]:
        return self.client.items(self.resources("whatsappconnections"))

    def pods(self) -> list[str]:
        return sorted(pod["metadata"]["name"] for pod in self.client.items(self.core("pods")))

    def session_secrets(self) -> list[str]:
        """Those that the operator made: `secrets` without what others put there."""
        selected = self.client.items(self.core("secrets"), labelSelector="recado.dev/connection")
        return sorted(secret["metadata"]["name"] for secret in selected)

    def secrets(self) -> list[str]:
        return sorted(secret["metadata"]["name"] for secret in self.client.items(self.core("secrets")))

    def query(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """As the superuser, who sees every company."""

        async def ask() -> list[dict[str, Any]]:
            connection = await connect(self.database.admin)
            try:
                return [dict(row) for row in await connection.fetch(query, *values)]
            finally:
                await connection.close()

        return run_blocking(ask())

    def epochs(self) -> dict[uuid.UUID, int]:
        """Of every connection of the company that somebody declares: the last epoch that the database gave out."""
        leases = """
            select connection_id, epoch from session_lease l join connection c on c.id = l.connection_id
            where c.company_id = $1 and c.orphaned_at is null and c.deleted_at is null
        """
        return {row["connection_id"]: row["epoch"] for row in self.query(leases, self.company.id)}

    def leader(self) -> str:
        place = f"/apis/coordination.k8s.io/v1/namespaces/{self.namespace}/leases/recado-operator"
        if self.client.absent(place):
            return ""
        return str(self.client.get(place)["spec"].get("holderIdentity") or "")


def condition(resource: Object, kind: str) -> Object:
    """Empty while it is not told."""
    conditions = resource.get("status", {}).get("conditions", [])
    return next((dict(found) for found in conditions if found["type"] == kind), {})


def ready_reason(resource: Object) -> str:
    return str(condition(resource, "Ready").get("reason", ""))


def _resource(kind: str, name: str, spec: Object) -> Object:
    return {"apiVersion": "recado.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
