"""Which nodes count as being emptied."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec

from recado_kubernetes.kinds import NODES, Kind
from recado_operator.kubernetes.nodes import draining


class Nodes:
    def __init__(self, **specs: dict[str, Any]) -> None:
        self._nodes = [{"metadata": {"name": name}, "spec": spec} for name, spec in specs.items()]

    async def items(self, kind: Kind, namespace: str) -> AsyncIterator[msgspec.Raw]:
        assert kind.path(namespace) == NODES.path("") == "/api/v1/nodes"
        for node in self._nodes:
            yield msgspec.Raw(msgspec.json.encode(node))


async def test_cordoned_nodes_and_those_with_a_taint_that_says_so() -> None:
    nodes = Nodes(
        calm={},
        cordoned={"unschedulable": True, "taints": [{"key": "node.kubernetes.io/unschedulable"}]},
        tainted={"taints": [{"key": "dedicated"}, {"key": "karpenter.sh/disrupted", "effect": "NoSchedule"}]},
        dedicated={"taints": [{"key": "dedicated", "value": "recado"}]},
    )
    found = await draining(nodes, {"karpenter.sh/disrupted"})  # type: ignore[arg-type]
    assert found == {"cordoned", "tainted"}
