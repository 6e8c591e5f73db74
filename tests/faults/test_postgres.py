"""PostgreSQL killed and recovered from its log: all parts wait, come back by themselves, and nothing is missing."""

import signal

import msgspec
import pytest
from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.outbound import disturb_outbound
from tests.support.database import Superuser
from tests.support.stack import RecadoStack
from tests.support.verdict import report

SHORT = Load(messages=300, chats=20, rate=30, faults=2)
FULL = Load(messages=2000, chats=50, rate=40, faults=5)


def crash(stack: RecadoStack) -> None:
    old = stack.kill("postgres", signal.SIGQUIT)  # "immediate": no checkpoint, recovery from the log
    stack.wait_for_new("postgres", old)


@short_and_full(SHORT, FULL)
def test_nothing_is_lost_by_an_immediate_restart(linked_stack: RecadoStack, load: Load) -> None:
    parts = ("api", "worker", "operator", linked_stack.session)
    before = {name: linked_stack.pid(name) for name in parts}
    verdict = disturb_inbound(linked_stack, f"postgres{load.messages}", load, lambda _: crash(linked_stack))
    some = Load(messages=load.messages // 5, chats=10, rate=20, faults=1)
    answers = disturb_outbound(linked_stack, f"pganswer{load.messages}", some, lambda _: crash(linked_stack))
    report("postgres", verdict, faults=load.faults, answers=msgspec.to_builtins(answers))
    assert verdict.perfect, verdict
    assert answers.arrived_twice == answers.silently_never == answers.inversions == 0, answers
    assert {name: linked_stack.pid(name) for name in parts} == before, "a part had to be started again"


@pytest.mark.twin
def test_commits_that_are_not_on_disk_are_missed() -> None:
    with RecadoStack() as stack:
        stack.link("Loja")
        with Superuser(stack.data) as database:
            for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'"):
                database.execute(f"alter system set {setting}")
            database.execute("select pg_reload_conf()")
        load = Load(messages=200, chats=10, rate=40, faults=1)
        verdict = disturb_inbound(stack, "twin", load, lambda _: crash(stack))
    report("postgres_twin", verdict)
    assert verdict.lost > 0
