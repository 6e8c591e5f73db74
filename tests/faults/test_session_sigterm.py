"""A planned end of the session process (an upgrade, a drained node) loses nothing, doubles nothing, keeps the order."""

import signal

import pytest
from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.twins import sabotaged
from tests.support.stack import RecadoStack
from tests.support.verdict import Verdict, report

SHORT = Load(messages=600, chats=20, rate=40, faults=3)
FULL = Load(messages=5000, chats=50, rate=40, faults=20)


def end_sessions(stack: RecadoStack, prefix: str, load: Load) -> Verdict:
    def terminate(_: int) -> None:
        old = stack.kill(stack.session, signal.SIGTERM)
        stack.wait_for_new(stack.session, old)

    return disturb_inbound(stack, prefix, load, terminate)


@short_and_full(SHORT, FULL)
def test_a_planned_end_loses_nothing(linked_stack: RecadoStack, load: Load) -> None:
    verdict = end_sessions(linked_stack, f"term{load.messages}", load)
    report("session_sigterm", verdict, faults=load.faults)
    assert verdict.perfect, verdict


@pytest.mark.twin
def test_without_journal_and_drain_messages_are_lost() -> None:
    with sabotaged("forgetful_session") as stack:
        verdict = end_sessions(stack, "twin", Load(messages=300, chats=10, rate=40, faults=2))
    report("session_sigterm_twin", verdict)
    assert verdict.lost > 0
