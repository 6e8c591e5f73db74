"""Deleted resources in a cluster: what each policy promises, and that nobody is held for ever."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.metadata import CONFIRM_PURGE, FINALIZER
from recado_operator.conditions.connection import describe
from recado_operator.plan.actions import (
    End,
    Fence,
    HoldResource,
    ReleaseResource,
    Remove,
    RequestLogout,
    Retain,
    Start,
)
from recado_operator.plan.connection import plan
from recado_operator.plan.departure import FINALIZER_SECONDS
from recado_operator.world import Memory, SessionProcess, World

from .worlds import NOW, RESOURCE, process, seen, with_spec, world


def deleted(policy: str, *, confirmed: bool = False, seconds: float = 5.0) -> WhatsAppConnection:
    resource = with_spec(deletion_policy=policy)
    metadata = replace(
        resource.metadata,
        deletion_timestamp=NOW.wall - timedelta(seconds=seconds),
        finalizers=[FINALIZER],
        annotations={CONFIRM_PURGE: "support"} if confirmed else {},
    )
    return replace(resource, metadata=metadata)


def going(resource: WhatsAppConnection, *processes: SessionProcess, **observed: Any) -> World:
    return world(
        *processes,
        observed=seen(**observed),
        resource=resource,
        memory=Memory(resource=resource),
        finalizers=True,
    )


def test_a_resource_is_held_before_anything_is_made_for_it() -> None:
    new = world(memory=Memory(), finalizers=True)
    assert plan(NOW, new).actions[0] == HoldResource()
    held = replace(RESOURCE, metadata=replace(RESOURCE.metadata, finalizers=[FINALIZER]))
    assert HoldResource() not in plan(NOW, replace(new, resource=held)).actions


def test_what_is_retained_need_not_be_held() -> None:
    new = world(memory=Memory(), finalizers=True, resource=with_spec(deletion_policy="Retain"))
    assert HoldResource() not in plan(NOW, new).actions


def test_what_went_while_nobody_looked_is_retained_and_what_is_unknown_is_left_alone() -> None:
    unknown = world(observed=seen(linked=True), memory=Memory(), resource=None, finalizers=True)
    assert plan(NOW, unknown).actions == ()
    gone = replace(unknown, vanished=True)
    assert plan(NOW, replace(gone, processes=(process(),))).actions == (End(1, 20.0),)
    assert plan(NOW, gone).actions == (Retain(),)
    retained = replace(unknown, observed=seen(linked=True, retained=True))
    assert plan(NOW, retained).actions == ()


def test_retain_stops_keeps_and_lets_go() -> None:
    resource = deleted("Retain")
    assert plan(NOW, going(resource, process(), linked=True)).actions == (End(1, 20.0),)
    assert plan(NOW, going(resource, linked=True)).actions == (Retain(),)
    assert plan(NOW, going(resource, linked=True, retained=True)).actions == (ReleaseResource(),)


def test_logout_unlinks_removes_and_lets_go() -> None:
    resource = deleted("Logout")
    assert plan(NOW, going(resource, process(), linked=True)).actions == (RequestLogout(),)
    assert plan(NOW, going(resource, state="stopped", linked=True, exit_code=0)).actions == (RequestLogout(), Start(1))
    assert plan(NOW, going(resource, state="logged_out", exit_code=0)).actions == (Fence(), Remove())
    gone = replace(going(resource), observed=None, memory=Memory())
    assert plan(NOW, gone).actions == (ReleaseResource(),)


def test_purge_waits_for_its_confirmation_and_then_removes_everything() -> None:
    waiting = going(deleted("Purge"), process(), linked=True)
    assert plan(NOW, waiting).actions == (End(1, 20.0),)
    resting = replace(waiting, processes=())
    assert plan(NOW, resting).actions == ()
    ready = next(told for told in describe(NOW, resting).conditions if told.type == "Ready")
    assert (ready.reason, "confirm-purge" in ready.message) == ("PurgeNotConfirmed", True)
    assert plan(NOW, resting).wake_after == pytest.approx(FINALIZER_SECONDS - 5.0)
    confirmed = going(deleted("Purge", confirmed=True), linked=True, state="stopped", exit_code=0)
    assert plan(NOW, confirmed).actions == (RequestLogout(), Start(1))
    unlinked = going(deleted("Purge", confirmed=True), state="logged_out", exit_code=0)
    assert plan(NOW, unlinked).actions == (Fence(), Remove(purge=True))


def test_a_purge_that_nobody_confirms_keeps_the_conversations_in_the_end() -> None:
    late = going(deleted("Purge", seconds=FINALIZER_SECONDS), state="logged_out", exit_code=0)
    assert plan(NOW, late).actions == (Fence(), Remove(purge=False))


@pytest.mark.parametrize("policy", ["Retain", "Logout"])
def test_nobody_waits_for_a_pod_on_a_lost_node(policy: str) -> None:
    lost = process(age_seconds=900.0, stopping=True, unreachable=True)
    planned = plan(NOW, going(deleted(policy), lost))
    assert planned.actions == ((Retain(),) if policy == "Retain" else (Fence(), Remove()))


def test_after_ten_minutes_a_pod_that_will_not_end_is_waited_for_no_longer() -> None:
    stuck = process(age_seconds=900.0, stopping=True)
    assert plan(NOW, going(deleted("Retain"), stuck)).actions == ()
    assert plan(NOW, going(deleted("Retain", seconds=FINALIZER_SECONDS), stuck)).actions == (Retain(),)
