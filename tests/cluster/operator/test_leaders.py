"""Several operators: one works, and another goes on at once, or soon, when it is gone."""

import time

from tests.cluster.operator.conftest import Hire
from tests.cluster.operator.office import Office
from tests.cluster.waiting import wait_for

TAKE_OVER_SECONDS = 15.0


def test_a_killed_leader_is_followed_within_15_seconds_and_nothing_starts_twice(office: Office, hire: Hire) -> None:
    first = hire("a")
    second = hire("b", ready=False)
    office.declare_company()
    office.declare("support")
    wait_for("a pod is made", office.pods)
    wait_for("the second stands by", lambda: second.answers("readyz"), 60)
    first.kill()
    killed = time.monotonic()
    office.declare("sales")
    wait_for("the second leads", lambda: office.leader() == "b", 30)
    assert time.monotonic() - killed <= TAKE_OVER_SECONDS
    wait_for("it works", lambda: len(office.pods()) == 2)
    assert office.pods() == ["wa-sales-e1", "wa-support-e1"]


def test_a_stopped_leader_hands_over_at_once(office: Office, hire: Hire) -> None:
    first = hire("a")
    second = hire("b", ready=False)
    wait_for("the second stands by", lambda: second.answers("readyz"), 60)
    assert first.stop() == 0
    wait_for("the second leads", lambda: office.leader() == "b", 5)
    second.wait_ready()


def test_a_new_leader_starts_nothing_that_runs(office: Office, hire: Hire) -> None:
    first = hire("a")
    office.declare_company()
    for number in range(20):
        office.declare(f"support-{number}")
    wait_for("pods are made", lambda: len(office.pods()) == 20)
    before = office.pods()
    first.kill()
    second = hire("a")
    wait_for("all were looked at", lambda: second.metric("recado_reconcile_total") >= 20)
    wait_for("the queue is empty", lambda: second.metric("workqueue_unfinished_work_seconds") == 0)
    assert office.pods() == before
