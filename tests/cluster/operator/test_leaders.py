"""Several operators: one works, and another goes on at once, or soon, when it is gone."""

import random
import time
from functools import partial

import pytest
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.operator import harmony
from tests.cluster.operator.churn import Churn
from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import RECADO, Office
from tests.cluster.operator.operators import Operator
from tests.cluster.operator.witness import Witness
from tests.cluster.waiting import wait_for

TAKE_OVER_SECONDS = 15.0
NUMBERS = [f"support-{number}" for number in range(20)]


@pytest.mark.parametrize(
    "kills",
    [
        pytest.param(2, marks=pytest.mark.timeout(300)),
        pytest.param(20, marks=[pytest.mark.full, pytest.mark.timeout(900)]),
    ],
)
def test_killed_leaders_are_followed_within_15_seconds_and_nothing_runs_twice(
    office: Office, hire: Hire, fault_proxy: FaultProxy, kills: int
) -> None:
    chance = random.Random(kills)  # noqa: S311 - a test must be repeatable
    leader, follower = hire("a"), hire("b", ready=False)
    office.declare_company()
    gaps: list[float] = []
    with Witness(office) as witness:
        with Churn(office, kills) as churn:
            for _ in range(kills):
                wait_for("the other one stands by", partial(follower.answers, "readyz"), 60)
                time.sleep(chance.uniform(0.0, 2.0))  # killed wherever it stands then
                gaps.append(_kill(office, leader, follower))
                leader.start()
                leader, follower = follower, leader
        wait_for("the last one leads", leader.leads, 60)
        harmony.settle(office, churn.running)
    print(f"take-overs after {sorted(round(gap, 1) for gap in gaps)} s, {churn.done} changes meanwhile")  # noqa: T201 - the figures are a result
    assert max(gaps) <= TAKE_OVER_SECONDS
    assert (witness.doubles, witness.repeated) == ([], set())
    harmony.assert_at_rest(office, fault_proxy, leader)


def _kill(office: Office, leader: Operator, follower: Operator) -> float:
    """Answers after how many seconds the other one led."""
    leader.kill()
    killed = time.monotonic()
    wait_for("the other one leads", lambda: office.leader() == follower.identity, 30)
    return time.monotonic() - killed


def test_a_stopped_leader_hands_over_at_once(office: Office, hire: Hire) -> None:
    first = hire("a")
    second = hire("b", ready=False)
    wait_for("the second stands by", lambda: second.answers("readyz"), 60)
    assert first.stop() == 0
    wait_for("the second leads", lambda: office.leader() == "b", 5)
    second.wait_ready()


def test_a_new_leader_starts_nothing_that_runs(office: Office, hire: Hire) -> None:
    assert _started_again(office, hire) == set()


@pytest.mark.twin
def test_one_that_begins_before_it_has_listed_starts_again_what_runs(office: Office, hire: Hire) -> None:
    assert _started_again(office, hire, sabotage="without listing")


def _started_again(office: Office, hire: Hire, **sabotage: str) -> set[str]:
    """The pods that a new leader made although those of before were running."""
    first = hire("a")
    office.declare_company()
    for name in NUMBERS:
        office.declare(name)
    harmony.settle(office, NUMBERS)
    first.kill()
    with Witness(office) as witness:
        second = hire("a", **sabotage)
        wait_for("all were looked at", lambda: second.metric("recado_reconcile_total") >= len(NUMBERS))
        wait_for("the queue is empty", lambda: second.metric("workqueue_unfinished_work_seconds") == 0)
    return set(witness.created)


def test_who_stands_by_asks_for_nothing_but_definitions_and_the_lease(office: Office, hire: Hire) -> None:
    """Definitions before the lease: an operator that is newer than they are must not follow one that is not."""
    assert _asked_by_the_second(office, hire) == {f"/openapi/v3/{RECADO}", "leases"}


@pytest.mark.twin
def test_a_second_leader_is_noticed(office: Office, hire: Hire) -> None:
    assert "pods" in _asked_by_the_second(office, hire, sabotage="without lease")


def _asked_by_the_second(office: Office, hire: Hire, **sabotage: str) -> set[str]:
    """What an operator asked for while another one leads: resources, and paths of what is none."""
    hire("a")
    with office.control.fault_proxy() as proxy:
        second = hire("b", ready=False, server=proxy.url, **sabotage)
        wait_for("the second stands by", lambda: second.answers("readyz"), 60)
        office.declare_company()
        office.declare("support")
        wait_for("a pod is made", office.pods)
        asked = {call.resource or call.path for call in list(proxy.calls)}
        second.kill()
    return asked


@pytest.mark.twin
def test_pods_without_their_epoch_in_the_name_are_noticed(office: Office, hire: Hire) -> None:
    """With it: `test_a_killed_pod_is_followed_by_one_of_the_next_epoch`."""
    hire(sabotage="without epoch in names")
    office.declare_company()
    office.declare("support")
    wait_for("a pod is made", office.pods)
    with pytest.raises(AssertionError, match="as declared"):
        harmony.settle(office, ["support"], 5)
