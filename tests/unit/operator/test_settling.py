"""The first seconds of a start are told once. What people wait for, or must know, is told at once."""

import pytest
from msgspec.structs import replace

from recado_core.resources.conditions import Reason
from recado_core.resources.connection import WhatsAppConnectionStatus
from recado_operator.conditions.connection import describe
from recado_operator.conditions.settling import SETTLING_SECONDS, seconds_untold
from recado_operator.plan.connection import plan
from recado_operator.world import World

from .worlds import NOW, RESOURCE, process, seen, world

NOTHING = WhatsAppConnectionStatus()


def beginning(age: float, state: str = "starting", **values: object) -> World:
    pod = replace(process(age_seconds=age), **values)
    return world(pod, observed=seen(state=state, heartbeat_age_seconds=0.0))


def told_before(of: World, reason: Reason) -> World:
    """With the status of a session that was in another state."""
    state = {Reason.CONNECTED: "online", Reason.AWAITING_PAIRING: "qr"}[reason]
    before = world(process(), observed=seen(state=state, linked=True, heartbeat_age_seconds=0.0))
    return replace(of, resource=replace(RESOURCE, status=describe(NOW, before)))


def is_told(of: World) -> bool:
    planned = plan(NOW, replace(of, memory=plan(NOW, of).memory))  # as the look after the one that declares
    assert planned.actions == ()
    assert of.resource is not None
    return planned.status != of.resource.status


def test_a_session_that_has_just_been_started_is_told_when_it_lasts() -> None:
    assert not is_told(beginning(0.2))
    assert not is_told(beginning(2.0, waiting="ContainerCreating"))
    assert is_told(beginning(SETTLING_SECONDS))


def test_the_next_look_is_then() -> None:
    assert plan(NOW, beginning(1.0)).wake_after == SETTLING_SECONDS - 1.0
    assert (plan(NOW, beginning(SETTLING_SECONDS)).wake_after or 999.0) > SETTLING_SECONDS


@pytest.mark.parametrize("state", ["qr", "pairing", "reconnecting", "online", "replaced"])
def test_where_it_has_come_to_is_told_at_once(state: str) -> None:
    assert is_told(beginning(0.2, state))


def test_what_is_in_its_way_is_told_at_once() -> None:
    assert is_told(beginning(0.2, waiting="ErrImagePull"))
    assert is_told(beginning(0.2, waiting="Unschedulable"))
    assert is_told(beginning(0.2, restarts=1))
    assert is_told(beginning(0.2, unreachable=True))


def test_that_somebody_is_no_longer_ready_is_told_at_once() -> None:
    assert is_told(told_before(beginning(0.2), Reason.CONNECTED))
    assert not is_told(told_before(beginning(0.2), Reason.AWAITING_PAIRING))


def test_of_what_is_not_there_nothing_is_put_off() -> None:
    assert seconds_untold(NOW, world(observed=seen())) == 0.0
    assert seconds_untold(NOW, replace(beginning(0.2), resource=None)) == 0.0
