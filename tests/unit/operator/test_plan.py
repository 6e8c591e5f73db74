from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnectionStatus
from recado_operator.plan.actions import (
    Declare,
    End,
    Fence,
    Forget,
    RecordExit,
    Remove,
    ReportState,
    RequestLogout,
    Retain,
    Start,
)
from recado_operator.plan.connection import plan
from recado_operator.plan.departure import LOGOUT_SECONDS
from recado_operator.plan.running import STALE_SECONDS
from recado_operator.world import Memory, SessionProcess, World

from .worlds import KNOWN, NOW, RESOURCE, at, process, seen, with_spec, world


def test_an_unknown_connection_is_declared_taken_over_and_started() -> None:
    planned = plan(NOW, world(memory=Memory()))
    assert planned.actions == (Declare(1), Start(0))
    assert planned.memory.declared == RESOURCE.spec


def test_a_connection_declared_while_paused_is_not_started() -> None:
    assert plan(NOW, world(resource=with_spec(suspend=True), memory=Memory())).actions == (Declare(1),)


def test_a_known_connection_without_a_process_is_started_with_the_next_epoch() -> None:
    assert plan(NOW, world(observed=seen(epoch=7, state="online"))).actions == (Start(7),)


def test_a_healthy_session_is_left_alone() -> None:
    healthy = world(process(age_seconds=500.0), observed=seen(heartbeat_age_seconds=3.0))
    assert plan(NOW, healthy).actions == ()


def test_a_changed_spec_is_declared_again_and_the_session_keeps_running() -> None:
    changed = world(process(), observed=seen(), resource=with_spec(display_name="Sales"))
    assert plan(NOW, changed).actions == (Declare(1),)


def test_what_is_remembered_of_a_resource_follows_it() -> None:
    later = replace(RESOURCE, metadata=replace(RESOURCE.metadata, annotations={"recado.dev/confirm-purge": "support"}))
    told = replace(later, status=WhatsAppConnectionStatus(observed_generation=1))
    assert plan(NOW, world(process(), observed=seen(), resource=told)).memory.resource == later


def test_a_process_of_an_older_epoch_is_killed() -> None:
    assert plan(NOW, world(process(1), process(2), observed=seen(epoch=2))).actions == (End(1, 0.0),)


def test_a_process_of_an_unknown_later_epoch_is_killed_and_replaced() -> None:
    restored_database = world(process(9), observed=seen(epoch=3))
    assert plan(NOW, restored_database).actions == (End(9, 0.0), Start(3))


@pytest.mark.parametrize("heartbeat", [STALE_SECONDS + 1, None])
def test_a_silent_session_is_killed_and_replaced(heartbeat: float | None) -> None:
    silent = world(process(age_seconds=100.0), observed=seen(heartbeat_age_seconds=heartbeat))
    assert plan(NOW, silent).actions == (End(1, 0.0), Start(1))


@pytest.mark.parametrize(("age", "watched"), [(5.0, 60.0), (100.0, 5.0)], ids=["young", "after an outage"])
def test_silence_counts_only_while_the_session_could_be_heard(age: float, watched: float) -> None:
    quiet = world(process(age_seconds=age), observed=seen(heartbeat_age_seconds=90.0), watched_seconds=watched)
    assert plan(NOW, quiet).actions == ()


def test_a_crash_is_recorded_told_and_waited_for() -> None:
    crashed = world(process(running=False, exit_code=-9), observed=seen(), jitter=0.5)
    planned = plan(NOW, crashed)
    assert planned.actions == (RecordExit(1, -9), ReportState(1, "reconnecting", "session_crashed"), Forget(1))
    assert planned.memory.failures == 1
    assert planned.wake_after == pytest.approx(1.0)
    again = world(observed=seen(exit_code=-9), memory=planned.memory)
    assert plan(at(1000.9), again).actions == ()
    assert plan(at(1001.1), again).actions == (Start(1),)


def test_waits_double_up_to_five_minutes() -> None:
    waits, memory = [], KNOWN
    for _ in range(12):
        ended = world(process(running=False, exit_code=75), observed=seen(exit_code=75), memory=memory, jitter=0.5)
        memory = plan(NOW, ended).memory
        waits.append(memory.not_before - NOW.monotonic)
    assert waits == pytest.approx([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])


def test_whoever_was_killed_comes_back_quickly_until_it_looks_like_its_own_fault() -> None:
    waits, memory = [], KNOWN
    for _ in range(30):
        ended = world(process(running=False, exit_code=-9), observed=seen(), memory=memory, jitter=0.5)
        memory = plan(NOW, ended).memory
        waits.append(memory.not_before - NOW.monotonic)
    assert waits == pytest.approx([1] + [2] * 25 + [4, 8, 16, 32])


def test_jitter_spreads_a_wait_by_a_fifth() -> None:
    ended = world(process(running=False, exit_code=75), observed=seen())
    waits = [plan(NOW, replace(ended, jitter=jitter)).wake_after for jitter in (0.0, 1.0)]
    assert waits == pytest.approx([0.8, 1.2])


def test_ten_minutes_online_forgive_earlier_failures() -> None:
    memory = replace(KNOWN, failures=6)
    online = world(process(), observed=seen(heartbeat_age_seconds=1.0))
    memory = plan(at(1000.0), replace(online, memory=memory)).memory
    memory = plan(at(1599.0), replace(online, memory=memory)).memory
    assert memory.failures == 6
    assert plan(at(1600.0), replace(online, memory=memory)).memory.failures == 0


def test_an_interruption_starts_the_ten_minutes_afresh() -> None:
    memory = replace(KNOWN, failures=6, online_since=1000.0)
    reconnecting = world(process(), observed=seen(state="reconnecting"), memory=memory)
    assert plan(at(1500.0), reconnecting).memory.online_since is None


@pytest.mark.parametrize("state", ["logged_out", "banned", "outdated", "passkey_required", "qr", "restricted"])
def test_a_terminal_state_waits_for_a_person(state: str) -> None:
    ended = world(process(running=False, exit_code=0), observed=seen(state=state, exit_code=0))
    planned = plan(NOW, ended)
    assert planned.actions == (Forget(1),)
    waiting = world(observed=seen(state=state, exit_code=0), memory=planned.memory)
    assert plan(at(90_000.0), waiting).actions == ()


def test_what_the_session_stored_counts_more_than_how_it_was_ended() -> None:
    killed_late = world(process(running=False, exit_code=-9), observed=seen(state="logged_out", exit_code=0))
    assert plan(NOW, killed_late).actions == (Forget(1),)


def test_a_temporary_ban_ends_by_itself() -> None:
    banned = world(observed=seen(state="banned", exit_code=0, reason="temporary ban until 2026-11-23T13:00:00Z"))
    assert plan(NOW, banned).actions == ()
    later = replace(NOW, wall=NOW.wall + timedelta(hours=1))
    assert plan(later, banned).actions == (Start(1),)


def test_a_session_that_ended_as_planned_is_started_at_once() -> None:
    ended = world(process(running=False, exit_code=0), observed=seen(state="stopped", exit_code=0))
    assert plan(NOW, ended).actions == (Forget(1), Start(1))


def test_a_request_for_codes_starts_what_waits_for_a_person() -> None:
    asked = world(observed=seen(state="logged_out", exit_code=0, pairing_requested=True))
    planned = plan(NOW, asked)
    assert planned.actions == (Start(1),)
    unanswered = replace(asked, memory=planned.memory)
    assert plan(at(1009.0), unanswered).actions == ()
    assert plan(at(1010.0), unanswered).actions == (Start(1),)


def test_a_request_for_codes_overrules_a_long_wait() -> None:
    memory = replace(KNOWN, failures=9, not_before=1300.0)
    asked = world(observed=seen(state="qr", exit_code=75, pairing_requested=True), memory=memory)
    assert plan(NOW, asked).actions == (Start(1),)


def test_refused_settings_wait_for_a_change() -> None:
    ended = world(process(running=False, exit_code=78), observed=seen(state="starting"))
    planned = plan(NOW, ended)
    assert planned.actions == (RecordExit(1, 78), ReportState(1, "failed", "session_settings"), Forget(1))
    waiting = world(observed=seen(state="failed", exit_code=78), memory=planned.memory)
    assert plan(at(90_000.0), waiting).actions == ()
    changed = replace(waiting, resource=with_spec(display_name="Other"))
    declared = plan(at(90_000.0), changed)
    assert declared.actions == (Declare(1),)
    assert plan(at(90_001.0), replace(changed, memory=declared.memory)).actions == (Start(1),)


def test_a_new_operator_tries_refused_settings_once() -> None:
    assert plan(NOW, world(observed=seen(state="failed", exit_code=78))).actions == (Start(1),)


def test_pausing_stops_politely_and_once() -> None:
    paused = with_spec(suspend=True)
    memory = Memory(resource=paused)
    running = world(process(), observed=seen(), resource=paused, memory=memory)
    assert plan(NOW, running).actions == (End(1, 20.0),)
    stopping = world(process(stopping=True), observed=seen(), resource=paused, memory=memory)
    assert plan(NOW, stopping).actions == ()
    ended = world(process(running=False, stopping=True, exit_code=0), observed=seen(), resource=paused, memory=memory)
    assert plan(NOW, ended).actions == (RecordExit(1, 0), Forget(1), ReportState(1, "stopped", "paused"))
    resting = world(observed=seen(state="stopped", reason="paused", exit_code=0), resource=paused, memory=memory)
    assert plan(NOW, resting).actions == ()


def test_resuming_also_ends_the_wait_for_a_person() -> None:
    paused = world(observed=seen(state="banned", exit_code=0), resource=with_spec(suspend=True))
    assert ReportState(1, "stopped", "paused") in plan(NOW, paused).actions
    assert plan(NOW, world(observed=seen(state="stopped", reason="paused", exit_code=0))).actions == (Start(1),)


def test_a_deleted_connection_is_stopped_then_fenced_and_removed() -> None:
    assert plan(NOW, world(process(), observed=seen(), resource=None)).actions == (End(1, 20.0),)
    assert plan(NOW, world(observed=seen(), resource=None)).actions == (Fence(), Remove())


def test_what_the_database_calls_deleted_goes_even_while_its_manifest_stays() -> None:
    assert plan(NOW, world(observed=seen(deleted=True))).actions == (Fence(), Remove())


def test_a_lease_whose_resource_was_never_met_is_left_alone() -> None:
    assert plan(NOW, world(observed=seen(), resource=None, memory=Memory())).actions == ()


def test_retain_keeps_the_linked_device_but_lets_nobody_write() -> None:
    memory = Memory(resource=with_spec(deletion_policy="Retain"))
    gone = world(observed=seen(), resource=None, memory=memory)
    assert plan(NOW, gone).actions == (Retain(),)
    resting = replace(gone, observed=seen(retained=True))
    assert plan(NOW, resting).actions == ()


def going(*processes: SessionProcess, memory: Memory = KNOWN, **observed: Any) -> World:
    """A linked connection whose resource is gone."""
    return world(*processes, observed=seen(linked=True, **observed), resource=None, memory=memory)


def test_a_linked_device_is_unlinked_by_its_session_before_anything_is_removed() -> None:
    asked = plan(NOW, going(process()))
    assert asked.actions == (RequestLogout(),)
    assert asked.wake_after == LOGOUT_SECONDS
    assert plan(at(1001.0), going(process(), memory=asked.memory)).actions == ()
    unlinked = seen(state="logged_out", linked=False, exit_code=0)
    ended = world(process(running=False, exit_code=0), observed=unlinked, resource=None, memory=asked.memory)
    assert plan(at(1002.0), ended).actions == (Forget(1), Fence(), Remove())


def test_a_session_is_started_to_unlink_the_device_and_again_after_a_pause_when_it_fails() -> None:
    asked = plan(NOW, going(state="stopped", reason="paused", exit_code=0))
    assert asked.actions == (RequestLogout(), Start(1))
    failed = plan(at(1001.0), going(process(2, running=False, exit_code=75), epoch=2, memory=asked.memory))
    assert failed.actions == (RecordExit(2, 75), Forget(2))
    again = plan(at(1003.0), going(epoch=2, exit_code=75, memory=failed.memory))
    assert again.actions == (Start(2),)


@pytest.mark.parametrize("reason", ["banned", "outdated"])
def test_a_number_that_whatsapp_lets_in_no_more_is_not_tried(reason: str) -> None:
    assert plan(NOW, going(state=reason, exit_code=0)).actions == (RequestLogout(),)


def test_a_device_that_cannot_be_unlinked_holds_its_connection_for_a_minute() -> None:
    asked = plan(NOW, going(process())).memory
    late = at(NOW.monotonic + LOGOUT_SECONDS)
    assert plan(late, going(process(), memory=asked)).actions == (End(1, 20.0),)
    assert plan(late, going(memory=asked)).actions == (Fence(), Remove())


def test_what_people_deleted_is_unlinked_even_when_its_manifest_stays_or_was_never_met() -> None:
    deleted = seen(linked=True, deleted=True)
    assert plan(NOW, world(process(), observed=deleted)).actions == (RequestLogout(),)
    asked = plan(NOW, world(observed=deleted, resource=None, memory=Memory())).memory
    gone = world(observed=deleted, resource=None, memory=asked)
    assert plan(at(NOW.monotonic + LOGOUT_SECONDS), gone).actions == (Fence(), Remove())


def test_retain_never_unlinks() -> None:
    memory = Memory(resource=with_spec(deletion_policy="Retain"))
    assert plan(NOW, going(process(), memory=memory)).actions == (End(1, 20.0),)
    assert plan(NOW, going(memory=memory)).actions == (Retain(),)
