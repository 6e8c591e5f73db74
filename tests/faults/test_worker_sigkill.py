"""A worker killed in the middle of its batches: PostgreSQL decides, so its successor finishes exactly what is left."""

import pytest
from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.twins import sabotaged
from tests.support.stack import RecadoStack
from tests.support.verdict import Verdict, report

SHORT = Load(messages=600, chats=20, rate=60, faults=4)
FULL = Load(messages=5000, chats=50, rate=60, faults=20)


def kill_workers(stack: RecadoStack, prefix: str, load: Load) -> Verdict:
    def kill(_: int) -> None:
        old = stack.kill("worker")
        stack.wait_for_new("worker", old)

    return disturb_inbound(stack, prefix, load, kill)


@short_and_full(SHORT, FULL)
def test_a_killed_worker_loses_and_doubles_nothing(linked_stack: RecadoStack, load: Load) -> None:
    verdict = kill_workers(linked_stack, f"work{load.messages}", load)
    report("worker_sigkill", verdict, faults=load.faults)
    assert verdict.perfect, verdict


@pytest.mark.twin
def test_with_two_transactions_messages_are_lost() -> None:
    with sabotaged("two_transactions") as stack:
        verdict = kill_workers(stack, "twin", Load(messages=300, chats=10, rate=50, faults=3))
    report("worker_sigkill_twin", verdict)
    assert verdict.lost > 0
