"""Nodes that are drained, or lost: their sessions go on elsewhere, one at a time, and no other is disturbed."""

import time
from collections.abc import Iterator

import pytest
from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.kwok_nodes import KwokNodes
from tests.cluster.operator import harmony
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import Office, ready_reason
from tests.cluster.operator.operators import Operator
from tests.cluster.operator.players import Players
from tests.cluster.operator.witness import Witness
from tests.cluster.waiting import wait_for

NAMES = [f"support-{number}" for number in range(6)]
FIRST, SECOND = "fake-0", "fake-1"
LOST_SECONDS = 100.0
"""10 until the control plane gives a silent node up, 30 without a heartbeat, 10 from survey to survey, and reserve."""


@pytest.fixture
def nodes(control_plane: ControlPlane) -> Iterator[KwokNodes]:
    with KwokNodes(control_plane, 2) as nodes:
        yield nodes


@pytest.fixture
def players(office: Office) -> Iterator[Players]:
    with Players(office) as players:
        yield players


@pytest.fixture
def leader(hire: Hire, office: Office, nodes: KwokNodes, players: Players) -> Operator:
    """Six connections are online, on two nodes."""
    del nodes, players
    operator = hire()
    office.declare_company()
    for name in NAMES:
        office.declare(name)
    wait_for("all are online", lambda: _online(office) == set(NAMES), 60)
    assert set(_nodes(office).values()) == {FIRST, SECOND}
    return operator


def test_a_drained_node_hands_its_sessions_over(office: Office, leader: Operator, fault_proxy: FaultProxy) -> None:
    moving = {name for name, node in _nodes(office).items() if node == FIRST}
    with Witness(office) as witness:
        began = time.monotonic()
        office.control.kubectl(
            "drain", FIRST, "--delete-emptydir-data", "--force", "--pod-selector=recado.dev/company", "--timeout=60s"
        )
        harmony.settle(office, NAMES)
        wait_for("all are online", lambda: _online(office) == set(NAMES), 60)
        print(f"{len(moving)} of {len(NAMES)} sessions moved within {time.monotonic() - began:.1f} s")  # noqa: T201 - the figure is a result
    assert set(_nodes(office).values()) == {SECOND}
    assert {_connection(pod) for pod in witness.ended} == moving
    assert (witness.doubles, witness.repeated) == ([], set())
    harmony.assert_at_rest(office, fault_proxy, leader)


@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_lost_node_is_given_up_and_what_comes_back_with_it_is_cleared_away(
    office: Office, leader: Operator, nodes: KwokNodes, players: Players, fault_proxy: FaultProxy
) -> None:
    moving = {name for name, node in _nodes(office).items() if node == FIRST}
    with Witness(office) as witness:
        began = time.monotonic()
        players.silent.add(FIRST)
        nodes.lose(FIRST)
        wait_for("they say it", lambda: all(_says_unreachable(office, name) for name in moving), LOST_SECONDS)
        wait_for("all go on elsewhere", lambda: _moved(office), LOST_SECONDS)
        print(f"{len(moving)} sessions of a lost node taken over after {time.monotonic() - began:.1f} s")  # noqa: T201 - the figure is a result
        nodes.find(FIRST)
        players.silent.clear()
        harmony.settle(office, NAMES)
    assert {_connection(pod) for pod in witness.ended} == moving
    assert (witness.doubles, witness.repeated) == ([], set())
    harmony.assert_at_rest(office, fault_proxy, leader)


def _nodes(office: Office) -> dict[str, str]:
    """Where each connection's session is told to run."""
    return {
        found["metadata"]["name"]: str(found.get("status", {}).get("session", {}).get("nodeName", ""))
        for found in office.connections()
    }


def _online(office: Office) -> set[str]:
    return {found["metadata"]["name"] for found in office.connections() if ready_reason(found) == "Connected"}


def _moved(office: Office) -> bool:
    return set(_nodes(office).values()) == {SECOND} and _online(office) == set(NAMES)


def _says_unreachable(office: Office, name: str) -> bool:
    """Or goes on elsewhere already."""
    found = office.connection(name)
    return ready_reason(found) == "NodeUnreachable" or found["status"]["session"].get("nodeName") == SECOND


def _connection(pod: str) -> str:
    return pod.removeprefix("wa-").rpartition("-e")[0]
