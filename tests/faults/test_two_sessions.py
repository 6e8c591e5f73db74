"""Two sessions forced onto one number: the older one wakes up when its successor runs, and can write nothing."""

import os
import signal

from tests.faults.inbound import judge_inbound
from tests.faults.loads import Load, short_and_full
from tests.support.database import Superuser
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOADS = short_and_full(Load(messages=100, chats=10, rate=20, faults=1), Load(messages=200, chats=20, rate=20, faults=1))


@LOADS
def test_the_older_session_writes_nothing(linked_stack: RecadoStack, session_name: str, load: Load) -> None:
    with Superuser(linked_stack.data) as database:
        old = linked_stack.kill(session_name, signal.SIGSTOP)
        connections = linked_stack.api.call("GET", "/connections")["items"]
        epoch = database.value("select epoch from session_lease where connection_id = %s", connections[0]["id"])
        prefix = f"two{load.messages}"
        linked_stack.simulator.burst(customers=load.chats, messages=load.messages, rate=load.rate, prefix=prefix)
        wait_until(
            "the operator has taken the number over",
            lambda: database.value("select max(epoch) from session_lease") > epoch,
            90,
        )
        taken_over = database.value("select now()")
        os.kill(old, signal.SIGCONT)
        linked_stack.online(connections[0]["id"])
        verdict = judge_inbound(linked_stack, prefix, load.messages)
        accepted = database.value(
            "select count(*) from inbox_event where epoch <= %s and stored_at > %s", epoch, taken_over
        )
    report("two_sessions", verdict, writes_accepted_from_the_older=accepted)
    assert accepted == 0
    assert verdict.duplicated == 0
