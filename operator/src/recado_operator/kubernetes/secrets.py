"""Reads one value of a Secret, by name, where the platform team allows it. Nothing of it is kept."""

import msgspec

from recado_core.resources.session_options import SecretReference
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import SECRETS


class _Secret(msgspec.Struct):
    data: dict[str, bytes] = {}


class KubernetesSecrets:
    def __init__(self, client: KubernetesClient, *, readable: bool) -> None:
        self._client = client
        self.readable = readable

    async def value(self, namespace: str, reference: SecretReference) -> bytes | None:
        secret = await self._client.get(SECRETS, namespace, reference.name, _Secret)
        return secret.data.get(reference.key) if secret is not None else None
