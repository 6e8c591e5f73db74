"""A session killed while it sends: no customer gets an answer twice, and none is dropped without a word."""

import pytest
from tests.faults.loads import Load, short_and_full
from tests.faults.outbound import OutboundVerdict, disturb_outbound
from tests.faults.twins import sabotaged
from tests.support.stack import RecadoStack
from tests.support.verdict import report

SHORT = Load(messages=120, chats=10, rate=20, faults=3)
FULL = Load(messages=1000, chats=50, rate=20, faults=20)
SLOW_MILLISECONDS = 100
"""The network answers late, so that each kill finds a message on its way."""


def kill_while_sending(stack: RecadoStack, prefix: str, load: Load) -> OutboundVerdict:
    def kill(_: int) -> None:
        old = stack.kill(stack.session)
        stack.wait_for_new(stack.session, old)

    stack.simulator.fault("late_ack", ms=SLOW_MILLISECONDS)
    try:
        return disturb_outbound(stack, prefix, load, kill)
    finally:
        stack.simulator.fault("none")


@short_and_full(SHORT, FULL)
def test_answers_arrive_once_or_are_told(linked_stack: RecadoStack, load: Load) -> None:
    verdict = kill_while_sending(linked_stack, f"out{load.messages}", load)
    report("outbound_sigkill", verdict, faults=load.faults)
    assert verdict.sent == load.messages
    assert verdict.arrived_twice == verdict.silently_never == verdict.inversions == 0, verdict
    assert verdict.unknown <= load.faults


@pytest.mark.twin
def test_blind_retries_arrive_twice() -> None:
    with sabotaged("blind_retry") as stack:
        verdict = kill_while_sending(stack, "twin", Load(messages=100, chats=5, rate=20, faults=3))
    report("outbound_sigkill_twin", verdict)
    assert verdict.arrived_twice > 0
