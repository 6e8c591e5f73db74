"""A killed session doubles nothing and keeps the order; what it may have lost is bounded and reported."""

import json
import subprocess
import sys
from pathlib import Path

from tests.faults.inbound import disturb_inbound
from tests.faults.loads import Load, short_and_full
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOST_PER_KILL = 101
"""The library acknowledges first: a channel of 100 and the one in hand (engine research §0)."""

LOADS = short_and_full(
    Load(messages=400, chats=20, rate=40, faults=3), Load(messages=2000, chats=50, rate=40, faults=20)
)


@LOADS
def test_a_killed_session_doubles_nothing(linked_stack: RecadoStack, session_name: str, load: Load) -> None:
    unclean_before = unclean_exits(linked_stack)

    def kill(_: int) -> None:
        old = linked_stack.kill(session_name)
        linked_stack.wait_for_new(session_name, old)

    verdict = disturb_inbound(linked_stack, f"kill{load.messages}", load, kill)
    reported = unclean_exits(linked_stack) - unclean_before
    report("session_sigkill", verdict, faults=load.faults, reported_kills=reported)
    assert verdict.duplicated == verdict.inversions == 0, verdict
    assert reported == load.faults
    assert verdict.lost <= reported * LOST_PER_KILL


def unclean_exits(stack: RecadoStack) -> int:
    """How many unclean ends of sessions `recado doctor` reports."""
    recado = Path(sys.executable).with_name("recado")
    told = subprocess.run(  # noqa: S603
        [recado, "doctor", "--json", "--data-dir", stack.data], check=False, capture_output=True, text=True, timeout=60
    )
    unclean: int = json.loads(told.stdout)["unclean_session_exits"]
    return unclean
