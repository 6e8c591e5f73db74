"""The facts of a connection's status beside its conditions. Times keep their first value while nothing happens."""

import re
from datetime import datetime, timedelta

from recado_core.resources.conditions import ConditionType, Reason, condition
from recado_core.resources.connection import (
    PairingState,
    PairingStatus,
    ReconnectStatus,
    RestrictionStatus,
    RetryStatus,
    SessionStatus,
    WhatsAppConnection,
)
from recado_operator import outcome
from recado_operator.conditions.explaining import explain
from recado_operator.conditions.refining import restricted
from recado_operator.conditions.writing import steady
from recado_operator.plan import requests
from recado_operator.world import Moment, World

CONNECTED_ROUNDING = 300
"""Seconds to which the time of the last connection is rounded."""
SHOWN_DIGITS = 4
AWAITING: frozenset[PairingState] = frozenset({"AwaitingScan", "AwaitingCode"})

_CODE = re.compile(r":([a-z_]{1,64})\b")


def masked_phone(world: World) -> str | None:
    """`+55•••••0000`: enough to tell numbers apart, not enough to write to them."""
    phone = (world.observed.phone if world.observed else None) or (
        world.resource.spec.phone_number if world.resource else None
    )
    return f"{phone[:3]}•••••{phone[-SHOWN_DIGITS:]}" if phone else None


def pairing(now: Moment, world: World, resource: WhatsAppConnection) -> PairingStatus:
    before, state = resource.status.pairing or PairingStatus(), _pairing_state(world)
    awaits, page = state in AWAITING, f"{world.inbox_url.rstrip('/')}/connections"
    return PairingStatus(
        observed_request=requests.answered_pairing(world),
        state=state,
        attempt=_attempt(world, before, resource) if awaits else 0,
        expires_at=_expires_at(now, world, before, resource) if awaits else None,
        url=page if awaits and world.inbox_url else None,
    )


def _pairing_state(world: World) -> PairingState:
    if world.linked:
        return "Completed"
    current, seen = world.current, world.observed
    if seen is not None and current is not None and seen.state in {"qr", "pairing"}:
        typed = requests.shows_code(seen) or (
            seen.state == "pairing" and world.resource and world.resource.spec.code_for
        )
        return "AwaitingCode" if typed else "AwaitingScan"
    waits = seen is not None and seen.state in {"qr", "pairing"} and world.exit_code == 0
    suspended = world.resource is not None and world.resource.spec.suspend
    expired = current is None and (requests.pairing_expired(world) or waits)
    return "Expired" if expired and not suspended else "Idle"


def _attempt(world: World, before: PairingStatus, resource: WhatsAppConnection) -> int:
    """Sessions that have shown codes since a phone was linked last."""
    known = resource.status.session or SessionStatus()
    another = world.observed is None or known.epoch != world.observed.epoch
    return before.attempt + 1 if another or before.attempt == 0 else before.attempt


def _expires_at(now: Moment, world: World, before: PairingStatus, resource: WhatsAppConnection) -> datetime | None:
    if world.current is None:
        return None
    left = resource.spec.pairing.timeout_seconds - world.current.age_seconds
    return steady(before.expires_at, now.wall + timedelta(seconds=left))


def reconnect(world: World) -> ReconnectStatus | None:
    answered = requests.answered_reconnect(world)
    return ReconnectStatus(observed_request=answered) if answered else None


def session(now: Moment, world: World, resource: WhatsAppConnection) -> SessionStatus | None:
    seen, current = world.observed, world.current
    before = resource.status.session or SessionStatus()
    if seen is None or seen.epoch == 0:
        return None
    if current is None:
        return SessionStatus(epoch=seen.epoch, last_connected_at=before.last_connected_at)
    return SessionStatus(
        epoch=seen.epoch,
        pod_name=current.name or None,
        pod_uid=current.uid or None,
        node_name=current.node or None,
        version=current.version or None,
        template_hash=current.template_hash or None,
        started_at=current.started_at.replace(microsecond=0) if current.started_at else None,
        last_connected_at=_last_connected(now, world, before, resource),
        restarts=current.restarts,
    )


def _last_connected(now: Moment, world: World, before: SessionStatus, resource: WhatsAppConnection) -> datetime | None:
    """Moves only when a connection is made, so that a quiet status stays quiet."""
    if world.observed is None or world.observed.state != "online":
        return before.last_connected_at
    told = condition(resource.status.conditions, ConditionType.CONNECTED)
    if told is not None and told.status == "True" and before.epoch == world.observed.epoch and before.last_connected_at:
        return before.last_connected_at
    rounded = now.wall.timestamp() // CONNECTED_ROUNDING * CONNECTED_ROUNDING
    return datetime.fromtimestamp(rounded, now.wall.tzinfo)


def restriction(now: Moment, world: World, resource: WhatsAppConnection) -> RestrictionStatus | None:
    holds, why = restricted(explain(now, world))
    if holds != "True" or world.observed is None:
        return None
    before, found = resource.status.restriction, _CODE.search(world.observed.reason)
    same = before is not None and before.kind == why.reason
    return RestrictionStatus(
        kind=why.reason,
        code=found.group(1) if found else None,
        since=before.since if same and before is not None else now.wall.replace(microsecond=0),
        until=outcome.ends_at(world.observed.reason),
    )


def retry(now: Moment, world: World, resource: WhatsAppConnection) -> RetryStatus | None:
    memory, before = world.memory, resource.status.retry
    if memory.failures == 0 or world.current is not None:
        return None
    told, left = explain(now, world), memory.not_before - now.monotonic
    computed = now.wall + timedelta(seconds=max(0.0, left))
    waits = left > 0 and told.reason in {Reason.BACK_OFF, Reason.CRASHING}
    return RetryStatus(
        count=memory.failures,
        next_attempt_at=steady(before.next_attempt_at if before else None, computed) if waits else None,
        last_reason=told.reason,
    )
