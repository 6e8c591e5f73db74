"""The installed product as its people use it: kubectl, the inbox's API, simulated phones; and what lies under it."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Self, TypeVar

import asyncpg
import yaml
from tests.cluster.client import Object
from tests.cluster.installation import NAMESPACE, Installation
from tests.cluster.node import RealNode
from tests.cluster.waiting import wait_for
from tests.integration.database import run_blocking
from tests.support.api import RecadoClient
from tests.support.simulator import SimulatorClient

GROUP = f"/apis/recado.dev/v1alpha1/namespaces/{NAMESPACE}"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
COMPANY = "acme"
READY_SECONDS = 60.0

Answer = TypeVar("Answer")


class Product:
    """Use as a context manager."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.client = installation.client
        self.kubectl = installation.kubectl
        self.ready = {
            "url": installation.url,
            "phones_url": installation.phones_url,
            "email": installation.email,
            "password": installation.password,
        }
        self._open = contextlib.ExitStack()
        self.api = RecadoClient(installation.url, installation.email, installation.password)
        self._open.callback(self.api.close)
        self.simulator = SimulatorClient(installation.phones_url)
        self._open.callback(self.simulator.close)
        self._database = installation.forward("postgres", 5432)

    def __enter__(self) -> Self:
        self.api.sign_in()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def nodes(self) -> list[RealNode]:
        return self.installation.cluster.nodes

    def node(self, name: str) -> RealNode:
        """Also one that was started for a test."""
        cluster = self.installation.cluster
        return next(each for each in (*cluster.nodes, *cluster.spares) if each.name == name)

    # What platform teams do.

    def apply(self, *manifests: Object) -> str:
        return self.kubectl("apply", "--filename=-", given=yaml.safe_dump_all(manifests))

    def declare(self, name: str, **spec: Any) -> None:
        self.apply(connection(name, **spec))

    def wait_ready(self, name: str, seconds: float = READY_SECONDS) -> None:
        self.kubectl("wait", "--for=condition=Ready", f"wac/{name}", f"--timeout={seconds:.0f}s")

    def resource(self, name: str) -> Object:
        return self.client.get(f"{GROUP}/whatsappconnections/{name}")

    def absent(self, name: str) -> bool:
        return self.client.absent(f"{GROUP}/whatsappconnections/{name}")

    def condition(self, name: str, kind: str) -> Object:
        conditions = self.resource(name).get("status", {}).get("conditions", [])
        return next((one for one in conditions if one["type"] == kind), {})

    def wait_reason(self, name: str, reason: str, seconds: float = READY_SECONDS) -> None:
        wait_for(f"{name} is {reason}", lambda: self.condition(name, "Ready").get("reason") == reason, seconds)

    def session(self, name: str) -> Object:
        """`status.session`: epoch, podName, nodeName …"""
        found: Object = self.resource(name).get("status", {}).get("session") or {}
        return found

    def pods_of(self, name: str) -> list[Object]:
        return self.client.items(PODS, labelSelector=f"recado.dev/connection={name}")

    # What their people do.

    def link(self, name: str, phone: str) -> None:
        """The shop's phone of that number scans the code that the inbox shows for the connection."""
        if not any(one["phone"] == phone for one in self.simulator.state()["accounts"]):
            self.simulator.add_account(phone, f"Loja {name}")
        self.simulator.link(self.code(name), phone)

    def code(self, name: str) -> str:
        """The QR code's text, read through the API."""
        shown = wait_for(f"a QR code of {name} is shown", lambda: self._pairing(name), READY_SECONDS)
        return str(shown["text"])

    def _pairing(self, name: str) -> Object | None:
        connection = self.shown(name)
        found: Object | None = self.api.pairing(connection["id"])["qr"] if connection else None
        return found

    def shown(self, name: str) -> Object | None:
        """The connection as the inbox shows it; None while it does not know it."""
        listed = self.api.call("GET", "/connections")["items"]
        return next((one for one in listed if one["name"] == name), None)

    def write(self, customer: str, shop: str, text: str) -> None:
        """A customer writes to the shop's phone."""
        self.simulator.write_content(customer, account=shop, text=text)

    def devices(self, phone: str) -> list[Object]:
        return self.simulator.devices(phone)

    # What lies under it.

    def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """What PostgreSQL says to its superuser."""
        return run_blocking(self._ask(lambda database: database.fetch(query, *arguments)))

    def script(self, statements: str) -> None:
        run_blocking(self._ask(lambda database: database.execute(statements)))

    async def _ask(self, work: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
        host, port = self._database.split(":")
        password = self.installation.secret("recado-secrets", "superuser-password")
        database = await asyncpg.connect(
            host=host, port=int(port), user="postgres", password=password, database="recado", ssl=False
        )
        try:
            return await work(database)
        finally:
            await database.close()


def company(**spec: Any) -> Object:
    quotas = {"connections": 20}
    return _resource("Company", COMPANY, {"displayName": "Acme", "companyID": 1, "quotas": quotas, **spec})


def connection(name: str, **spec: Any) -> Object:
    return _resource("WhatsAppConnection", name, {"companyRef": {"name": COMPANY}, **spec})


def _resource(kind: str, name: str, spec: Object) -> Object:
    return {"apiVersion": "recado.dev/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}
