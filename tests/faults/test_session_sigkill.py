"""A killed session doubles nothing and keeps the order; what it may have lost is bounded and reported."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.twins import sabotaged
from tests.support.stack import RecadoStack
from tests.support.verdict import Verdict, report

LOST_PER_KILL = 101
"""The library acknowledges first: a channel of 100 and the one in hand (engine research §0)."""

SHORT = Load(messages=400, chats=20, rate=40, faults=3)
FULL = Load(messages=2000, chats=50, rate=40, faults=20)


def kill_sessions(stack: RecadoStack, prefix: str, load: Load) -> tuple[Verdict, int]:
    """The verdict, and how many unclean ends were reported meanwhile."""
    before = unclean_exits(stack)

    def kill(_: int) -> None:
        old = stack.kill(stack.session)
        stack.wait_for_new(stack.session, old)
        stack.online()

    verdict = disturb_inbound(stack, prefix, load, kill)
    return verdict, unclean_exits(stack) - before


def unclean_exits(stack: RecadoStack) -> int:
    """How many unclean ends of sessions `recado doctor` reports."""
    recado = Path(sys.executable).with_name("recado")
    told = subprocess.run(  # noqa: S603
        [recado, "doctor", "--data-dir", stack.data], check=False, capture_output=True, text=True, timeout=60
    )
    assert "Sessions" in told.stdout, told.stdout + told.stderr
    found = re.search(r"(\d+) unclean exits", told.stdout)
    return int(found[1]) if found else 0


@short_and_full(SHORT, FULL)
def test_a_killed_session_doubles_nothing(linked_stack: RecadoStack, load: Load) -> None:
    verdict, reported = kill_sessions(linked_stack, f"kill{load.messages}", load)
    report("session_sigkill", verdict, faults=load.faults, reported_kills=reported)
    assert verdict.duplicated == verdict.inversions == 0, verdict
    assert reported == load.faults
    assert verdict.lost <= reported * LOST_PER_KILL


@pytest.mark.twin
def test_a_silent_session_is_found_out() -> None:
    load = Load(messages=80, chats=5, rate=40, faults=1)
    with sabotaged("silent_operator") as stack:
        verdict, reported = kill_sessions(stack, "twin", load)
    report("session_sigkill_twin", verdict, reported_kills=reported)
    assert reported != load.faults
