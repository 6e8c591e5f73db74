"""Pairing rounds and their end, requests for pairing and reconnecting, numbers that do not match, drift, lost nodes."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec.structs import replace

from recado_core.resources.connection import (
    Failover,
    Pairing,
    PairingStatus,
    Reconnect,
    ReconnectStatus,
    WhatsAppConnection,
    WhatsAppConnectionStatus,
)
from recado_operator.conditions.connection import describe
from recado_operator.plan.actions import Adopt, Correct, End, RequestLogout, Start
from recado_operator.plan.connection import plan
from recado_operator.plan.running import STALE_SECONDS
from recado_operator.world import Drift, Memory, Stranger, Turn, World

from .worlds import NOW, at, process, seen, with_spec, world


def told(resource: WhatsAppConnection, **status: object) -> WhatsAppConnection:
    return replace(resource, status=replace(WhatsAppConnectionStatus(), **status))


def reason(of: World, kind: str = "Ready") -> str:
    return next(condition.reason for condition in describe(NOW, of).conditions if condition.type == kind)


def test_codes_that_nobody_scans_end_after_their_time_and_stay_ended() -> None:
    resource = with_spec(pairing=Pairing(timeout_seconds=120))
    memory = Memory(resource=resource)
    early = world(
        process(age_seconds=119.0),
        observed=seen(state="qr", heartbeat_age_seconds=1.0),
        resource=resource,
        memory=memory,
    )
    assert plan(NOW, early).actions == ()
    assert plan(NOW, early).wake_after == pytest.approx(1.0)
    late = plan(NOW, replace(early, processes=(process(age_seconds=121.0),)))
    assert late.actions == (End(1, 20.0),)
    ended = world(
        observed=seen(state="stopped", reason="asked_to_stop", exit_code=0), resource=resource, memory=late.memory
    )
    rest = plan(NOW, ended)
    assert rest.actions == ()
    assert rest.status is not None
    assert rest.status.pairing is not None
    assert (reason(ended), rest.status.pairing.state) == ("PairingExpired", "Expired")
    # A new operator knows it from the status alone.
    anew = replace(ended, memory=memory, resource=replace(resource, status=rest.status))
    assert plan(NOW, anew).actions == ()


def test_a_linked_session_is_not_ended_for_pairing() -> None:
    running = world(
        process(age_seconds=9999.0), observed=seen(state="reconnecting", linked=True, heartbeat_age_seconds=1.0)
    )
    assert plan(NOW, running).actions == ()


@pytest.mark.parametrize("state", ["qr", "logged_out", "banned", "outdated", "passkey_required"])
def test_a_new_value_starts_pairing_once_even_after_a_final_state(state: str) -> None:
    resource = with_spec(pairing=Pairing(request="again"))
    ended = world(observed=seen(state=state, exit_code=0), resource=resource, memory=Memory(resource=resource))
    started = plan(NOW, ended)
    assert started.actions == (Start(1),)
    assert plan(NOW, replace(ended, memory=started.memory)).actions == ()
    answered = told(resource, pairing=PairingStatus(observed_request="again"))
    assert plan(NOW, replace(ended, resource=answered)).actions == ()


def test_a_value_that_asks_while_codes_are_shown_is_answered_by_them() -> None:
    resource = with_spec(pairing=Pairing(request="again"))
    showing = world(process(), observed=seen(state="qr"), resource=resource, memory=Memory(resource=resource))
    planned = plan(NOW, showing)
    assert planned.actions == ()
    assert planned.status is not None
    assert planned.status.pairing is not None
    assert (planned.status.pairing.observed_request, planned.status.pairing.state) == ("again", "AwaitingScan")


def test_reconnecting_ends_the_session_and_starts_another_once() -> None:
    resource = with_spec(reconnect=Reconnect(request="now"))
    running = world(process(), observed=seen(linked=True), resource=resource, memory=Memory(resource=resource))
    assert plan(NOW, running).actions == (End(1, 20.0),)
    assert plan(NOW, replace(running, processes=(process(stopping=True),))).actions == ()
    ended = replace(running, processes=(), observed=seen(state="stopped", linked=True, exit_code=0))
    started = plan(NOW, ended)
    assert started.actions == (Start(1),)
    again = replace(running, observed=seen(2, linked=True), processes=(process(2),), memory=started.memory)
    settled = plan(NOW, again)
    assert settled.actions == ()
    assert settled.status is not None
    assert settled.status.reconnect == ReconnectStatus(observed_request="now")


def test_reconnecting_overrules_back_off_and_refused_settings() -> None:
    resource = with_spec(reconnect=Reconnect(request="now"))
    memory = Memory(resource=resource, refused=resource.spec, failures=3, not_before=NOW.monotonic + 100)
    refused = world(observed=seen(state="failed", exit_code=78), resource=resource, memory=memory)
    assert plan(NOW, refused).actions == (Start(1),)


def test_a_device_of_another_number_is_unlinked_and_the_status_says_why() -> None:
    resource = with_spec(phone_number="+5511999990000")
    memory = Memory(resource=resource)
    wrong = world(process(), observed=seen(linked=True, phone="+5511999990009"), resource=resource, memory=memory)
    asked = plan(NOW, wrong)
    assert asked.actions == (RequestLogout(),)
    assert plan(NOW, replace(wrong, memory=asked.memory)).actions == ()
    assert plan(at(NOW.monotonic + 31), replace(wrong, memory=asked.memory)).actions == (RequestLogout(),)
    assert (reason(wrong), reason(wrong, "Paired")) == ("PhoneNumberMismatch", "PhoneNumberMismatch")
    assert asked.status is not None
    unlinked = replace(
        wrong,
        processes=(),
        observed=seen(state="logged_out", exit_code=0),
        resource=replace(resource, status=asked.status),
    )
    assert (plan(NOW, unlinked).actions, reason(unlinked)) == ((), "PhoneNumberMismatch")
    right = replace(wrong, observed=seen(linked=True, phone="+5511999990000"))
    assert plan(NOW, right).actions == ()


@pytest.mark.parametrize(
    ("wanted", "linked", "same"),
    [
        ("+5531988887777", "+553188887777", True),  # WhatsApp knows it by its number from before the ninth digit
        ("+553188887777", "+5531988887777", True),
        ("+5531988887777", "+5531988887777", True),
        ("+5531988887777", "+553288887777", False),
        ("+5531988887777", "+553188887778", False),
        ("+5531933334444", "+553133334444", False),  # 3333 4444 is a landline
        ("+351988887777", "+35188887777", False),
    ],
)
def test_brazilian_mobiles_are_the_same_with_and_without_their_ninth_digit(
    wanted: str,
    linked: str,
    same: bool,  # noqa: FBT001 - a value of the case
) -> None:
    resource = with_spec(phone_number=wanted)
    running = world(
        process(), observed=seen(linked=True, phone=linked), resource=resource, memory=Memory(resource=resource)
    )
    assert plan(NOW, running).actions == (() if same else (RequestLogout(),))


@dataclass
class Turned:
    drift: Drift
    turn: Turn
    actions: tuple[object, ...]
    updated: str


@pytest.mark.parametrize(
    "case",
    [
        Turned(Drift.NONE, Turn.WAIT, (), "UpToDate"),
        Turned(Drift.METADATA, Turn.WAIT, (Correct(1),), "UpToDate"),
        Turned(Drift.RESOURCES, Turn.PAUSED, (Correct(1),), "UpToDate"),
        Turned(Drift.IMAGE, Turn.WAIT, (), "RolloutPending"),
        Turned(Drift.IMAGE, Turn.PAUSED, (), "RolloutPaused"),
        Turned(Drift.IMAGE, Turn.GO, (Correct(1, image=True),), "RolloutPending"),
        Turned(Drift.TEMPLATE, Turn.WAIT, (), "RolloutPending"),
        Turned(Drift.TEMPLATE, Turn.GO, (End(1, 20.0),), "RolloutPending"),
        Turned(Drift.NODE, Turn.WAIT, (), "UpToDate"),
        Turned(Drift.NODE, Turn.GO, (End(1, 20.0),), "UpToDate"),
    ],
)
def test_a_linked_session_is_interrupted_only_when_its_turn_has_come(case: Turned) -> None:
    drifted = world(process(drift=case.drift), observed=seen(linked=True), turn=case.turn)
    assert plan(NOW, drifted).actions == case.actions
    assert reason(drifted, "UpToDate") == case.updated


def test_what_costs_no_interruption_does_not_wait_for_a_turn() -> None:
    drifted = world(process(drift=Drift.IMAGE, mends=True), observed=seen(linked=True))
    assert plan(NOW, drifted).actions == (Correct(1),)


def test_a_session_of_a_later_wave_says_so() -> None:
    for turn, told in ((Turn.WAIT, "RolloutPending"), (Turn.PAUSED, "RolloutPaused")):
        assert reason(world(process(behind=True), observed=seen(linked=True), turn=turn), "UpToDate") == told


def test_who_is_not_linked_yet_need_not_wait_for_a_turn() -> None:
    assert plan(NOW, world(process(drift=Drift.TEMPLATE), observed=seen(state="qr"))).actions == (End(1, 20.0),)


def lost(policy: str, seconds: int = 30, *, silence: float = STALE_SECONDS + 1) -> World:
    resource = with_spec(failover=Failover(policy=policy, unreachable_seconds=seconds))  # type: ignore[arg-type]
    gone = process(age_seconds=900.0, unreachable=True, stopping=True)
    return world(
        gone,
        observed=seen(linked=True, heartbeat_age_seconds=silence),
        resource=resource,
        memory=Memory(resource=resource),
        watched_seconds=900.0,
    )


def test_a_session_on_a_lost_node_is_replaced_once_it_cannot_write() -> None:
    assert plan(NOW, lost("LeaseFenced", silence=STALE_SECONDS - 1)).actions == ()
    assert plan(NOW, lost("LeaseFenced")).actions == (Start(1),)
    assert plan(NOW, lost("LeaseFenced", 300)).actions == ()
    assert plan(NOW, lost("LeaseFenced", 300, silence=301.0)).actions == (Start(1),)
    assert reason(lost("LeaseFenced")) == "NodeUnreachable"


def test_who_waits_for_the_kubelet_waits_until_the_pod_is_gone() -> None:
    waiting = lost("WaitForKubelet", silence=9999.0)
    assert plan(NOW, waiting).actions == ()
    superseded = replace(waiting, observed=seen(2, linked=True, heartbeat_age_seconds=9999.0))
    assert plan(NOW, superseded).actions == ()
    assert plan(NOW, replace(waiting, processes=())).actions == (Start(1),)


def test_an_old_pod_on_a_lost_node_disturbs_nobody() -> None:
    moved = replace(
        lost("LeaseFenced"),
        observed=seen(2, linked=True),
        processes=(process(1, stopping=True, unreachable=True), process(2)),
    )
    assert plan(NOW, moved).actions == ()
    assert reason(moved, "SessionRunning") == "MultiplePods"


def test_an_eviction_is_no_failure() -> None:
    evicted = world(process(running=False, exit_code=137, disrupted=True), observed=seen(linked=True))
    planned = plan(NOW, evicted)
    assert (planned.memory.failures, planned.actions[-1]) == (0, Start(1))


def test_a_pod_that_somebody_offered_is_taken_instead_of_a_new_one() -> None:
    stray = Stranger(name="wa-support-e1", epoch=1, adoptable=True)
    orphaned = world(observed=seen(linked=True), strangers=(stray,))
    assert plan(NOW, orphaned).actions == (Adopt("wa-support-e1"),)
    kept = replace(orphaned, strangers=(replace(stray, adoptable=False),))
    assert plan(NOW, kept).actions == (Start(1),)
    assert reason(kept, "SessionRunning") == "PodNotOwned"
    older = replace(orphaned, strangers=(replace(stray, epoch=0),))
    assert plan(NOW, older).actions == (Start(1),)


def test_a_session_that_lives_in_a_pod_of_nobody_is_left_alone_until_it_falls_silent() -> None:
    stray = Stranger(name="wa-support-e1", epoch=1, adoptable=False)
    alive = seen(linked=True, state="online", heartbeat_age_seconds=3.0)
    left = world(observed=alive, strangers=(stray,), watched_seconds=900.0)
    planned = plan(NOW, left)
    assert (planned.actions, planned.wake_after) == ((), 30.0)
    assert (reason(left, "Ready"), reason(left, "SessionRunning")) == ("PodNotOwned", "PodNotOwned")
    offered = replace(left, strangers=(replace(stray, adoptable=True),))
    assert plan(NOW, offered).actions == (Adopt("wa-support-e1"),)
    silent = replace(left, observed=replace(alive, heartbeat_age_seconds=31.0))
    assert plan(NOW, silent).actions == (Start(1),)
    assert plan(NOW, replace(silent, watched_seconds=2.0)).actions == (), "nobody listened yet"
    assert plan(NOW, replace(left, observed=replace(alive, exit_code=137))).actions == (Start(1),)


def test_a_ban_wakes_the_operator_when_it_ends() -> None:
    until = (NOW.wall + timedelta(seconds=90)).isoformat().replace("+00:00", "Z")
    banned = world(observed=seen(state="banned", reason=f"temporary_ban:unknown until {until}", exit_code=0))
    planned = plan(NOW, banned)
    assert planned.actions == ()
    assert planned.wake_after == pytest.approx(90.0)
    assert planned.status is not None
    assert planned.status.restriction is not None
    assert (planned.status.restriction.kind, planned.status.restriction.code) == ("TemporarilyBanned", "unknown")
    assert planned.status.restriction.until == NOW.wall + timedelta(seconds=90)
