"""What is done to the cluster: connections applied at once or at a steady pace, and the control's bare create loop."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from uuid import uuid4

from tests.bench.operator.ground import Ground
from tests.cluster.operator.office import COMPANY

from recado_core.resources.connection import CompanyReference, Pairing, WhatsAppConnection, WhatsAppConnectionSpec
from recado_core.resources.metadata import ConnectionMetadata
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import CONNECTIONS, PODS, SECRETS
from recado_operator.build.draw import Fleet, draw
from recado_operator.build.pod import build_pod
from recado_operator.build.secret import build_secret

IN_FLIGHT = 20
"""Requests at a time; the operator works on as many connections at a time."""
PAIRING_SECONDS = 3600
"""The longest, so that no session is stopped during the measurement since nobody scans its code."""
FLEET = Fleet(catalogue={"1.0": "recado-session:1.0"}, stable="1.0")


def manifest(name: str) -> dict[str, object]:
    return {
        "apiVersion": CONNECTIONS.api_version,
        "kind": CONNECTIONS.kind,
        "metadata": {"name": name},
        "spec": {"companyRef": {"name": COMPANY}, "pairing": {"timeoutSeconds": PAIRING_SECONDS}},
    }


async def apply_all(client: KubernetesClient, ground: Ground, names: Iterable[str]) -> dict[str, float]:
    """As fast as it goes. Answers when each request was sent."""
    sent: dict[str, float] = {}

    async def apply(name: str) -> None:
        sent[name] = time.monotonic()
        await client.create(CONNECTIONS, ground.namespace, manifest(name))

    await side_by_side(names, apply)
    return sent


async def apply_steadily(
    client: KubernetesClient, ground: Ground, names: Iterable[str], per_second: float
) -> dict[str, float]:
    """At a fixed pace, whether or not the answers to earlier ones are there."""
    sent: dict[str, float] = {}
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number, name in enumerate(names):
            await asyncio.sleep(max(0.0, began + number / per_second - time.monotonic()))
            sent[name] = time.monotonic()
            group.create_task(client.create(CONNECTIONS, ground.namespace, manifest(name)))
    return sent


async def create_bare(client: KubernetesClient, ground: Ground, names: Iterable[str]) -> None:
    """The control: Secret and pod of each, as the operator makes them, and nothing else.

    Without their owner, which does not exist here: the garbage collector would take them away.
    """

    async def create(name: str) -> None:
        blueprint = draw(_resource(ground.namespace, name), None, 1, FLEET.stable, FLEET)
        for kind, built in (
            (SECRETS, build_secret(blueprint, f"wa_{uuid4().hex}", "x" * 43)),
            (PODS, build_pod(blueprint)),
        ):
            metadata = {key: value for key, value in built["metadata"].items() if key != "ownerReferences"}
            await client.create(kind, ground.namespace, {**built, "metadata": metadata})

    await side_by_side(names, create)


async def side_by_side(names: Iterable[str], work: Callable[[str], Awaitable[None]]) -> None:
    waiting = iter(list(names))

    async def worker() -> None:
        for name in waiting:
            await work(name)

    async with asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(worker())


def _resource(namespace: str, name: str) -> WhatsAppConnection:
    return WhatsAppConnection(
        metadata=ConnectionMetadata(name=name, namespace=namespace, uid=uuid4()),
        spec=WhatsAppConnectionSpec(
            company_ref=CompanyReference(name=COMPANY), pairing=Pairing(timeout_seconds=PAIRING_SECONDS)
        ),
    )
