"""Rows that cannot be read are set aside with their reason, and do not hold up the others."""

import time

import pytest
from tests.faults.inbound import judge_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.twins import sabotaged
from tests.support.database import Superuser
from tests.support.stack import RecadoStack
from tests.support.verdict import Verdict, report

SHORT = Load(messages=300, chats=20, rate=60, faults=20)
FULL = Load(messages=2000, chats=50, rate=60, faults=50)
STALL_SECONDS = 1.0
MALFORMED = (b"\xff" * 20, b"\x0a\xff\xff\xff\x7f", b"\x00" * 1_000_000, b"\x0a\x03\x01\x02")
"""Noise, a field longer than the row, a megabyte of NUL, a broken sub-message."""


def mix_in_malformed(stack: RecadoStack, database: Superuser, prefix: str, load: Load) -> Verdict:
    stack.simulator.burst(customers=load.chats, messages=load.messages, rate=load.rate, prefix=prefix)
    for number in range(load.faults):
        database.insert_inbox_row(kind="message", raw=MALFORMED[number % len(MALFORMED)])
        time.sleep(load.messages / load.rate / load.faults)
    return judge_inbound(stack, prefix, load.messages)


@short_and_full(SHORT, FULL)
def test_malformed_rows_stand_aside(linked_stack: RecadoStack, load: Load) -> None:
    prefix = f"bad{load.messages}"
    with Superuser(linked_stack.data) as database:
        before = database.value("select count(*) from inbox_event where state = 'quarantined'")
        verdict = mix_in_malformed(linked_stack, database, prefix, load)
        reasons = database.rows("select reason from inbox_event where state = 'quarantined'")
        stall = database.value(
            "select max(extract(epoch from message.created_at - inbox_event.stored_at)) from message "
            "join inbox_event on inbox_event.kind = 'message' and position(message.body::bytea in inbox_event.raw) > 0 "
            "where message.body like %s",
            f"{prefix} %",
        )
    quarantined = len(reasons) - before
    report("malformed", verdict, quarantined=quarantined, longest_wait_seconds=round(float(stall), 3))
    assert verdict.perfect, verdict
    assert quarantined == load.faults
    assert all(reason for (reason,) in reasons)
    assert float(stall) <= STALL_SECONDS


@pytest.mark.twin
def test_without_quarantine_one_row_stops_all() -> None:
    with sabotaged("no_quarantine") as stack, Superuser(stack.data) as database:
        verdict = mix_in_malformed(stack, database, "twin", Load(messages=100, chats=5, rate=50, faults=2))
    report("malformed_twin", verdict)
    assert verdict.lost > 0
