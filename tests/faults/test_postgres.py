"""PostgreSQL killed and recovered from its log: all parts wait, come back by themselves, and nothing is missing."""

import signal

import msgspec
from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.outbound import disturb_outbound
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOADS = short_and_full(
    Load(messages=300, chats=20, rate=30, faults=2), Load(messages=2000, chats=50, rate=40, faults=5)
)


@LOADS
def test_nothing_is_lost_by_an_immediate_restart(linked_stack: RecadoStack, load: Load) -> None:
    parts = ("api", "worker", "operator")
    before = {name: linked_stack.pid(name) for name in parts}

    def restart(_: int) -> None:
        old = linked_stack.kill("postgres", signal.SIGQUIT)  # "immediate": no checkpoint, recovery from the log
        linked_stack.wait_for_new("postgres", old)

    verdict = disturb_inbound(linked_stack, f"postgres{load.messages}", load, restart)
    answers = disturb_outbound(
        linked_stack,
        f"pganswer{load.messages}",
        Load(messages=load.messages // 5, chats=10, rate=20, faults=0),
        restart,
    )
    report("postgres", verdict, faults=load.faults, answers=msgspec.to_builtins(answers))
    assert verdict.perfect, verdict
    assert answers.arrived_twice == answers.silently_never == answers.inversions == 0, answers
    assert {name: linked_stack.pid(name) for name in parts} == before, "a part had to be started again"
