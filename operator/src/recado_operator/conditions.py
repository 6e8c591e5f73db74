"""Turns a connection's world into the conditions that `kubectl describe`, or the status file, shows.

The types follow kstatus: Ready and Paired are good when True; Stalled is bad when True and stands only while nothing
will change until somebody acts. Every message says what to do next. Numbers, QR codes and JIDs never stand in a status.
"""

from msgspec import Struct

from recado_core.resources.conditions import Condition, ConditionStatus, ConditionType, Reason, condition
from recado_core.resources.connection import SessionStatus, WhatsAppConnectionStatus
from recado_operator import outcome
from recado_operator.outcome import Outcome
from recado_operator.world import Moment, ObservedSession, World

MANY_FAILURES = 5


class Explanation(Struct, frozen=True):
    reason: Reason
    message: str
    stalled: bool = False


_LINK = "Open Recado, go to Connections, ask for new QR codes and scan one with the phone."

_STATES = {
    "online": Explanation(Reason.CONNECTED, "Messages flow."),
    "degraded": Explanation(Reason.DEGRADED, "Messages flow slowly. Wait a minute; then read the session's log."),
    "starting": Explanation(Reason.CONNECTING, "The session is starting. Nothing to do."),
    "qr": Explanation(Reason.AWAITING_PAIRING, "Open Recado, go to Connections and scan the QR code."),
    "pairing": Explanation(Reason.AWAITING_PAIRING, "The phone is being linked. Keep WhatsApp open on it."),
    "reconnecting": Explanation(Reason.CONNECTING, "Trying to reach WhatsApp again. Nothing to do."),
    "restricted": Explanation(Reason.RATE_LIMITED, "WhatsApp limits this number. Send fewer messages and wait."),
    "replaced": Explanation(
        Reason.STREAM_REPLACED, "Another program uses this linked device. Stop it, then resume the connection."
    ),
}


def _needs_somebody(reason: Reason, message: str) -> Explanation:
    return Explanation(reason, message, stalled=True)


_FINAL_STATES = {
    "banned": _needs_somebody(
        Reason.BANNED, "WhatsApp banned this number. Ask for a review in the phone's WhatsApp, then resume."
    ),
    "restricted": _needs_somebody(
        Reason.RATE_LIMITED, "WhatsApp limits this number. Send fewer messages, wait, then resume."
    ),
    "outdated": _needs_somebody(
        Reason.CLIENT_OUTDATED, "WhatsApp refuses this version. Upgrade Recado, then resume the connection."
    ),
    "logged_out": _needs_somebody(Reason.LOGGED_OUT, f"The phone unlinked this device. {_LINK}"),
    "passkey_required": _needs_somebody(
        Reason.PASSKEY_REQUIRED, f"WhatsApp asks for a passkey. Confirm it on the phone. Then: {_LINK}"
    ),
    "qr": _needs_somebody(Reason.PAIRING_EXPIRED, f"Nobody scanned in time. {_LINK}"),
    "pairing": _needs_somebody(Reason.PAIRING_EXPIRED, f"The phone did not finish linking. {_LINK}"),
}

_DELETED = Explanation(Reason.DELETING, "The connection is being removed. Nothing to do.")
_PAUSED = Explanation(Reason.SUSPENDED, "Suspended by a person. Set spec.suspend to false to go on.")
_COMPANY_PAUSED = Explanation(
    Reason.COMPANY_SUSPENDED, "The company is suspended. Set spec.suspend of its Company to false to go on."
)
_UNKNOWN = Explanation(Reason.PENDING, "The session starts in a moment. Nothing to do.")
_REFUSED = _needs_somebody(
    Reason.SETTINGS_REFUSED,
    "The session refuses its settings; its log names the one. Correct it, then change the resource or restart Recado.",
)
_CRASHING = _needs_somebody(
    Reason.CRASHING, "The session keeps crashing and is started again. Read the end of its log."
)
_BACKING_OFF = Explanation(Reason.BACK_OFF, "The session ended and starts again in a moment. Nothing to do.")
_COMPANY_NOT_READY = Explanation(
    Reason.COMPANY_NOT_READY, "The Company is not in force yet. See its conditions, or wait a moment."
)


def describe(now: Moment, world: World) -> WhatsAppConnectionStatus:
    told, seen, resource = explain(now, world), world.observed, world.resource
    conditions = [
        _condition(now, world, ConditionType.READY, "True" if told.reason is Reason.CONNECTED else "False", told),
        _paired(now, world),
    ]
    if told.stalled:
        conditions.append(_condition(now, world, ConditionType.STALLED, "True", told))
    return WhatsAppConnectionStatus(
        observed_generation=resource.metadata.generation if resource else None,
        connection_id=resource.metadata.uid if resource else None,
        session=SessionStatus(epoch=seen.epoch) if seen else None,
        conditions=conditions,
    )


def explain(now: Moment, world: World) -> Explanation:
    seen = world.observed
    if refused := _explain_refusal(world):
        return refused
    if seen is None:
        return _UNKNOWN
    if held := _explain_rest(world, seen):
        return held
    if world.current:
        return _STATES.get(seen.state, _STATES["starting"])
    return _explain_ended(now, world, seen.state, seen.reason)


def _explain_refusal(world: World) -> Explanation | None:
    if missing := _explain_company(world):
        return missing
    return _needs_somebody(Reason.DECLARATION_REFUSED, world.memory.refusal) if world.memory.refusal else None


def _explain_rest(world: World, seen: ObservedSession) -> Explanation | None:
    if seen.deleted:
        return _DELETED
    if world.resource is not None and world.resource.spec.suspend:
        return _PAUSED
    return _COMPANY_PAUSED if world.company is not None and world.company.spec.suspend else None


def _explain_company(world: World) -> Explanation | None:
    if world.company is None and world.resource is not None:
        name = world.resource.spec.company_ref.name
        missing = f"There is no Company {name} here. Apply it, or delete this connection and declare it for another."
        return _needs_somebody(Reason.COMPANY_NOT_FOUND, missing)
    return _COMPANY_NOT_READY if world.company is not None and world.company.company_id is None else None


def _explain_ended(now: Moment, world: World, state: str, reason: str) -> Explanation:
    how = outcome.classify(world.exit_code, state)
    if how is Outcome.WAITS_FOR_PERSON:
        return _explain_final(now, state, reason)
    if how is Outcome.REFUSED_SETTINGS:
        return _REFUSED
    if how is Outcome.CRASHED and world.memory.failures >= MANY_FAILURES:
        return _CRASHING
    return _BACKING_OFF if how.failed else _UNKNOWN


def _explain_final(now: Moment, state: str, reason: str) -> Explanation:
    told, until = _FINAL_STATES[state], outcome.ends_at(reason)
    if until is None or until <= now.wall:
        return told
    message = f"WhatsApp lifts this at {until:%Y-%m-%d %H:%M} UTC, then the session starts by itself. Nothing to do."
    return Explanation(Reason.TEMPORARILY_BANNED, message)


def _paired(now: Moment, world: World) -> Condition:
    if world.observed is not None and world.observed.linked:
        return _condition(now, world, ConditionType.PAIRED, "True", Explanation(Reason.PAIRED, "A phone is linked."))
    told = Explanation(Reason.NOT_PAIRED, "No phone is linked. Scan the QR code under Connections in Recado.")
    return _condition(now, world, ConditionType.PAIRED, "False", told)


def _condition(now: Moment, world: World, kind: ConditionType, status: ConditionStatus, told: Explanation) -> Condition:
    """The time stays while the status does."""
    before = condition(world.resource.status.conditions, kind) if world.resource else None
    changed = before.last_transition_time if before and before.status == status else now.wall.replace(microsecond=0)
    return Condition(
        type=kind,
        status=status,
        reason=told.reason,
        message=told.message,
        last_transition_time=changed,
        observed_generation=world.resource.metadata.generation if world.resource else None,
    )
