"""Nodes that are being emptied. Listed now and then, for only one in a thousand changes of a node is about that."""

from collections.abc import Collection

import msgspec

from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import NODES
from recado_kubernetes.objects import ObjectMeta, decode

CORDON = "node.kubernetes.io/unschedulable"


class _Taint(msgspec.Struct):
    key: str = ""


class _Spec(msgspec.Struct):
    unschedulable: bool = False
    taints: list[_Taint] = []


class _Node(msgspec.Struct):
    metadata: ObjectMeta
    spec: _Spec = msgspec.field(default_factory=_Spec)


async def draining(client: KubernetesClient, taints: Collection[str]) -> frozenset[str]:
    """The names of nodes that are cordoned or have one of `taints`."""
    found = [decode(raw, _Node) async for raw in client.items(NODES, "")]
    return frozenset(node.metadata.name for node in found if _leaves(node.spec, taints))


def _leaves(spec: _Spec, taints: Collection[str]) -> bool:
    return spec.unschedulable or any(taint.key == CORDON or taint.key in taints for taint in spec.taints)
