"""`Resources` over the API server: what the web declares is applied there, under a field manager of its own.

Never by force. When somebody else (Argo, Helm, kubectl) manages a field, the API server refuses and names them, and
that refusal is the answer: GitOps and the browser do not overwrite each other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.port import AnyResource, Resource
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import ConflictError, ExpiredError
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, Kind

ATTEMPTS = 3


class KubernetesResources:
    """`connect` makes the client when it is first needed; `namespaces` are those that the operator serves."""

    def __init__(self, connect: Callable[[], Awaitable[KubernetesClient]], namespaces: Sequence[str]) -> None:
        self._connect = connect
        self._namespaces = namespaces
        self._client: KubernetesClient | None = None
        self._connecting = asyncio.Lock()

    async def list(self, kind: type[AnyResource]) -> Sequence[AnyResource]:
        client = await self._connected()
        found: list[AnyResource] = []
        for namespace in self._namespaces:
            found += await _list(client, _kind(kind), namespace, kind)
        return found

    async def apply(self, resource: AnyResource) -> AnyResource:
        """Raises ConflictError that names who manages a field already, InvalidError, ForbiddenError for a quota."""
        client = await self._connected()
        answer = await client.apply(
            _kind(type(resource)), resource.metadata.namespace, _manifest(resource), force=False
        )
        return msgspec.json.decode(answer, type=type(resource))

    async def delete(self, resource: Resource) -> None:
        """That very resource: another one of its name stays."""
        client, metadata = await self._connected(), resource.metadata
        uid = str(metadata.uid) if metadata.uid else None
        try:
            await client.delete(_kind(type(resource)), metadata.namespace, metadata.name, uid=uid)
        except ConflictError:
            return

    async def _connected(self) -> KubernetesClient:
        async with self._connecting:
            if self._client is None:
                self._client = await self._connect()
            return self._client


async def _list(client: KubernetesClient, kind: Kind, namespace: str, into: type[AnyResource]) -> list[AnyResource]:
    for _ in range(ATTEMPTS - 1):
        try:
            return [msgspec.json.decode(item, type=into) async for item in client.items(kind, namespace)]
        except ExpiredError:  # the list took longer than the API server keeps its state
            continue
    return [msgspec.json.decode(item, type=into) async for item in client.items(kind, namespace)]


def _kind(kind: type[Any]) -> Kind:
    return COMPANIES if kind is Company else CONNECTIONS


def _manifest(resource: Company | WhatsAppConnection) -> dict[str, Any]:
    """The declaration alone: what the API server gives (uid, version, status) is not ours to say."""
    metadata = resource.metadata
    said = {"name": metadata.name, "namespace": metadata.namespace}
    marks = {"labels": metadata.labels, "annotations": metadata.annotations}
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "metadata": {**said, **{name: values for name, values in marks.items() if values}},
        "spec": msgspec.to_builtins(resource.spec),
    }
