"""A planned end of the session process (an upgrade, a drained node) loses nothing, doubles nothing, keeps the order."""

import signal

from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOADS = short_and_full(
    Load(messages=600, chats=20, rate=40, faults=3), Load(messages=5000, chats=50, rate=40, faults=20)
)


@LOADS
def test_a_planned_end_loses_nothing(linked_stack: RecadoStack, session_name: str, load: Load) -> None:
    def terminate(_: int) -> None:
        old = linked_stack.kill(session_name, signal.SIGTERM)
        linked_stack.wait_for_new(session_name, old)

    verdict = disturb_inbound(linked_stack, f"term{load.messages}", load, terminate)
    report("session_sigterm", verdict, faults=load.faults)
    assert verdict.perfect, verdict
