"""The elector's lease in the cluster. A write names the version that was seen: the API server compares and sets."""

from datetime import datetime
from typing import Any

import msgspec

from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import LEASES
from recado_kubernetes.objects import ObjectMeta, decode
from recado_operator.runtime.elector import LeaseRecord


class _Spec(msgspec.Struct, rename="camel"):
    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: datetime | None = None
    renew_time: datetime | None = None
    lease_transitions: int | None = None


class _Lease(msgspec.Struct):
    metadata: ObjectMeta
    spec: _Spec = msgspec.field(default_factory=_Spec)


class KubernetesLease:
    def __init__(self, client: KubernetesClient, namespace: str, name: str = "recado-operator") -> None:
        self._client = client
        self._namespace = namespace
        self._name = name

    async def read(self) -> LeaseRecord | None:
        lease = await self._client.get(LEASES, self._namespace, self._name, _Lease)
        return None if lease is None else _record(lease)

    async def write(self, record: LeaseRecord) -> LeaseRecord:
        manifest = _manifest(self._namespace, self._name, record)
        if record.version:
            answer = await self._client.replace(LEASES, self._namespace, self._name, manifest)
        else:
            answer = await self._client.create(LEASES, self._namespace, manifest)
        return _record(decode(answer, _Lease))


def _record(lease: _Lease) -> LeaseRecord:
    spec = lease.spec
    return LeaseRecord(
        holder=spec.holder_identity or "",
        seconds=float(spec.lease_duration_seconds or 0),
        acquired=spec.acquire_time,
        renewed=spec.renew_time,
        transitions=spec.lease_transitions or 0,
        version=lease.metadata.resource_version,
    )


def _manifest(namespace: str, name: str, record: LeaseRecord) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    if record.version:
        metadata["resourceVersion"] = record.version
    return {
        "apiVersion": LEASES.api_version,
        "kind": LEASES.kind,
        "metadata": metadata,
        "spec": {
            "holderIdentity": record.holder,
            "leaseDurationSeconds": round(record.seconds),
            "acquireTime": _micro(record.acquired),
            "renewTime": _micro(record.renewed),
            "leaseTransitions": record.transitions,
        },
    }


def _micro(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="microseconds").replace("+00:00", "Z")
