"""A node is emptied, and the operator may look at nodes: sessions of eviction policy Paced move, a few at a time."""

import time
from collections import defaultdict
from collections.abc import Iterator

import pytest
from tests.cluster.client import ApiRefusalError, Object
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.kwok_nodes import KwokNodes
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.follower import Follower
from tests.cluster.operator.office import Office, condition, ready_reason
from tests.cluster.operator.operators import Operator
from tests.cluster.operator.players import Players
from tests.cluster.operator.witness import LABEL, Witness
from tests.cluster.waiting import wait_for

PACED = [f"paced-{number}" for number in range(5)]
FREE = "free"
FIRST, SECOND = "fake-0", "fake-1"
BUDGET, PERCENT = 2, 34
"""A third of six."""
SETTINGS = {
    "RECADO_DRAIN": "true",
    "RECADO_ROLLOUT_MAX_UNAVAILABLE_PERCENT": str(PERCENT),
    "RECADO_ROLLOUT_MAX_PER_COMPANY": "100",
}


class Missing(Follower):
    """How many connections had no ready pod at the same time."""

    def __init__(self, office: Office) -> None:
        super().__init__(office)
        self._ready: dict[str, set[str]] = defaultdict(set)
        self.most = 0

    def _forget(self) -> None:
        self._ready.clear()

    def _see(self, pod: Object, event: str) -> None:
        metadata = pod["metadata"]
        ready = self._ready[metadata["labels"][LABEL]]
        gone = event == "DELETED" or "deletionTimestamp" in metadata
        if not gone and condition(pod, "Ready").get("status") == "True":
            ready.add(metadata["name"])
        else:
            ready.discard(metadata["name"])
        self.most = max(self.most, sum(not pods for pods in self._ready.values()))


@pytest.fixture
def nodes(control_plane: ControlPlane) -> Iterator[KwokNodes]:
    with KwokNodes(control_plane, 2) as nodes:
        yield nodes


@pytest.fixture
def leader(hire: Hire, office: Office, nodes: KwokNodes) -> Iterator[Operator]:
    """It may list nodes, and all its sessions are online on the first one; one of them lets itself be evicted."""
    del nodes
    office.let_drain()
    office.control.kubectl("cordon", SECOND)
    with Players(office):
        operator = hire(**SETTINGS)
        office.declare_company(sessionDefaults={"eviction": {"policy": "Paced"}})
        for name in PACED:
            office.declare(name)
        office.declare(FREE, eviction={"policy": "Allow"})
        wait_for("all are online", lambda: _where(office) == dict.fromkeys([*PACED, FREE], FIRST), 60)
        office.control.kubectl("uncordon", SECOND)
        yield operator


def test_a_cordoned_node_is_left_by_paced_sessions_a_few_at_a_time(
    office: Office, leader: Operator, fault_proxy: FaultProxy
) -> None:
    with pytest.raises(ApiRefusalError) as refused:
        _evict(office, "wa-paced-0-e1")
    assert refused.value.status == 429
    with Witness(office) as witness, Missing(office) as missing:
        began = time.monotonic()
        office.control.kubectl("cordon", FIRST)
        wait_for("they moved", lambda: _where(office) == {**dict.fromkeys(PACED, SECOND), FREE: FIRST}, 120)
        print(f"{len(PACED)} paced sessions moved within {time.monotonic() - began:.1f} s")  # noqa: T201 - the figure is a result
        harmony.settle(office, [*PACED, FREE])
    assert 0 < missing.most <= BUDGET
    assert witness.ended == {f"wa-{name}-e1" for name in PACED}
    assert (witness.doubles, witness.repeated) == ([], set())
    harmony.assert_at_rest(office, fault_proxy, leader)


def _where(office: Office) -> dict[str, str]:
    """The nodes of connections that are online."""
    return {
        found["metadata"]["name"]: str(found["status"]["session"].get("nodeName", ""))
        for found in office.connections()
        if ready_reason(found) == "Connected"
    }


def _evict(office: Office, pod: str) -> None:
    office.client.create(f"{office.core('pods', pod)}/eviction", {"metadata": {"name": pod}})
