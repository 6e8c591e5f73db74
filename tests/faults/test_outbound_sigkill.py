"""A session killed while it sends: no customer gets an answer twice, and none is dropped without a word."""

from tests.faults.loads import Load, short_and_full
from tests.faults.outbound import disturb_outbound
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOADS = short_and_full(
    Load(messages=120, chats=10, rate=20, faults=3), Load(messages=1000, chats=50, rate=20, faults=20)
)


@LOADS
def test_answers_arrive_once_or_are_told(linked_stack: RecadoStack, session_name: str, load: Load) -> None:
    def kill(_: int) -> None:
        old = linked_stack.kill(session_name)
        linked_stack.wait_for_new(session_name, old)

    verdict = disturb_outbound(linked_stack, f"out{load.messages}", load, kill)
    report("outbound_sigkill", verdict, faults=load.faults)
    assert verdict.sent == load.messages
    assert verdict.arrived_twice == verdict.silently_never == verdict.inversions == 0, verdict
    assert verdict.unknown <= load.faults
