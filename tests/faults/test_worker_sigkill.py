"""A worker killed in the middle of its batches: PostgreSQL decides, so its successor finishes exactly what is left."""

from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOADS = short_and_full(
    Load(messages=600, chats=20, rate=60, faults=4), Load(messages=5000, chats=50, rate=60, faults=20)
)


@LOADS
def test_a_killed_worker_loses_and_doubles_nothing(linked_stack: RecadoStack, load: Load) -> None:
    def kill(_: int) -> None:
        old = linked_stack.kill("worker")
        linked_stack.wait_for_new("worker", old)

    verdict = disturb_inbound(linked_stack, f"work{load.messages}", load, kill)
    report("worker_sigkill", verdict, faults=load.faults)
    assert verdict.perfect, verdict
