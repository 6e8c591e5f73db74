"""Rows that cannot be read are set aside with their reason, and do not hold up the others."""

import base64
import time

from tests.faults.inbound import judge_inbound
from tests.faults.loads import Load, short_and_full
from tests.support.database import Superuser
from tests.support.stack import RecadoStack
from tests.support.verdict import report

LOADS = short_and_full(
    Load(messages=300, chats=20, rate=60, faults=20), Load(messages=2000, chats=50, rate=60, faults=50)
)
STALL_SECONDS = 1.0


@LOADS
def test_malformed_rows_stand_aside(linked_stack: RecadoStack, load: Load) -> None:
    prefix = f"bad{load.messages}"
    with Superuser(linked_stack.data) as database:
        before = database.value("select count(*) from inbox_event where state = 'quarantined'")
        linked_stack.simulator.burst(customers=load.chats, messages=load.messages, rate=load.rate, prefix=prefix)
        for number in range(load.faults):
            database.insert_inbox_row(kind="message", raw=_malformed(number))
            time.sleep(load.messages / load.rate / load.faults)
        verdict = judge_inbound(linked_stack, prefix, load.messages)
        rows = database.rows("select reason from inbox_event where state = 'quarantined' order by id")
        stall = database.value(
            "select max(extract(epoch from m.created_at - i.stored_at)) from message m join inbox_event i on "
            "i.connection_id = m.connection_id and i.kind = 'message' and position(m.wa_id::bytea in i.raw) > 0 "
            "where m.body like %s",
            f"{prefix} %",
        )
    report("malformed", verdict, quarantined=len(rows) - before, stall_seconds=round(float(stall), 3))
    assert verdict.perfect, verdict
    assert len(rows) - before == load.faults
    assert all(reason for (reason,) in rows)
    assert float(stall) <= STALL_SECONDS


def _malformed(number: int) -> bytes:
    """A broken protobuf, a field that never ends, a megabyte of noise: one after the other."""
    kinds = [b"\xff" * 20, b"\x0a\xff\xff\xff\x7f", base64.b64encode(b"\x00" * 750_000), b"\x0a\x03\x01\x02"]
    return kinds[number % len(kinds)] + str(number).encode()
