"""Two sessions forced onto one number: the older one wakes up when its successor runs, and can write nothing."""

import os
import signal
import time

import pytest
from tests.faults.inbound import judge_inbound
from tests.faults.loads import Load, short_and_full
from tests.faults.second_session import second_session
from tests.support.database import Superuser
from tests.support.stack import RecadoStack
from tests.support.verdict import Verdict, report
from tests.support.witness import WITNESS

SHORT = Load(messages=100, chats=10, rate=20, faults=1)
FULL = Load(messages=200, chats=20, rate=20, faults=1)

NO_FENCES = """
create or replace function operator_api.end_backends(p_role text, p_until timestamptz) returns void
    language sql as 'select';
create or replace function session_api.shared_lease(p_epoch bigint) returns public.session_lease
    language sql security definer set search_path = pg_catalog, public, pg_temp as
    'select * from session_lease where role_name = session_user::text';
"""
"""No connection is ended and no epoch is compared: what is left is good will."""


def wake_the_older(stack: RecadoStack, prefix: str, load: Load) -> tuple[Verdict, int]:
    """The verdict on the messages, and how many writes were accepted from the older session after the take-over."""
    with Superuser(stack.data) as database:
        database.script(WITNESS)
        with second_session(stack, database) as first:
            taken_over = database.value("select started_at from session_lease")
            stack.simulator.burst(customers=load.chats, messages=load.messages, rate=load.rate, prefix=prefix)
            os.kill(first, signal.SIGCONT)
            time.sleep(load.messages / load.rate + 1)
            query = "select count(*) from judge_write where at > %s and backend_start < %s"
            accepted = database.value(query, taken_over, taken_over)
        stack.online()
        return judge_inbound(stack, prefix, load.messages), int(accepted)


@short_and_full(SHORT, FULL)
def test_the_older_session_writes_nothing(linked_stack: RecadoStack, load: Load) -> None:
    verdict, accepted = wake_the_older(linked_stack, f"two{load.messages}", load)
    report("two_sessions", verdict, accepted_from_the_older=accepted)
    assert accepted == 0
    assert verdict.duplicated == verdict.inversions == 0, verdict


@pytest.mark.twin
def test_without_fences_the_older_session_writes() -> None:
    with RecadoStack() as stack:
        stack.link("Loja")
        with Superuser(stack.data) as database:
            database.script(NO_FENCES)
        verdict, accepted = wake_the_older(stack, "twin", SHORT)
    report("two_sessions_twin", verdict, accepted_from_the_older=accepted)
    assert accepted > 0
