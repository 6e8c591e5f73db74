"""Turns a connection's world into the conditions that `kubectl describe`, or the status file, shows.

The types follow kstatus: Ready and Linked are good when True; Stalled is bad when True and means that nothing will
change until somebody acts. Every message says what to do next. Numbers, QR codes and JIDs never stand in a status.
"""

from typing import Literal

from msgspec import Struct

from recado_core.resources import ResourceCondition, WhatsAppConnectionStatus
from recado_operator import outcome
from recado_operator.outcome import Outcome
from recado_operator.world import Moment, World

MANY_FAILURES = 5


class Explanation(Struct, frozen=True):
    phase: str
    reason: str
    message: str
    stalled: bool = False


_LINK = "Open Recado, go to Connections, ask for new QR codes and scan one with the phone."

_STATES = {
    "online": Explanation("Online", "Connected", "Messages flow."),
    "degraded": Explanation(
        "Degraded", "Degraded", "Messages flow slowly. Wait a minute; then read the session's log."
    ),
    "starting": Explanation("Starting", "Starting", "The session is starting. Nothing to do."),
    "qr": Explanation("AwaitingScan", "AwaitingScan", "Open Recado, go to Connections and scan the QR code."),
    "pairing": Explanation("AwaitingScan", "Pairing", "The phone is being linked. Keep WhatsApp open on it."),
    "reconnecting": Explanation("Reconnecting", "Reconnecting", "Trying to reach WhatsApp again. Nothing to do."),
    "restricted": Explanation("Restricted", "Restricted", "WhatsApp limits this number. Send fewer messages and wait."),
    "replaced": Explanation(
        "Replaced", "StreamReplaced", "Another program uses this linked device. Stop it, then resume the connection."
    ),
}


def _needs_somebody(phase: str, reason: str, message: str) -> Explanation:
    return Explanation(phase, reason, message, stalled=True)


_FINAL_STATES = {
    "banned": _needs_somebody(
        "Banned", "Banned", "WhatsApp banned this number. Ask for a review in the phone's WhatsApp, then resume."
    ),
    "restricted": _needs_somebody(
        "Restricted", "Restricted", "WhatsApp limits this number. Send fewer messages, wait, then resume."
    ),
    "outdated": _needs_somebody(
        "Outdated", "ClientOutdated", "WhatsApp refuses this version. Upgrade Recado, then resume the connection."
    ),
    "logged_out": _needs_somebody("LoggedOut", "LoggedOut", f"The phone unlinked this device. {_LINK}"),
    "passkey_required": _needs_somebody(
        "Stalled", "PasskeyRequired", f"WhatsApp asks for a passkey. Confirm it on the phone. Then: {_LINK}"
    ),
    "qr": _needs_somebody("AwaitingScan", "PairingExpired", f"Nobody scanned in time. {_LINK}"),
    "pairing": _needs_somebody("AwaitingScan", "PairingExpired", f"The phone did not finish linking. {_LINK}"),
}

_DELETED = Explanation("Deleting", "Deleting", "The connection is being removed. Nothing to do.")
_PAUSED = Explanation("Paused", "Paused", "Paused by a person. Set spec.paused to false to go on.")
_UNKNOWN = Explanation("Pending", "Pending", "The session starts in a moment. Nothing to do.")
_REFUSED = _needs_somebody(
    "Stalled",
    "SettingsRefused",
    "The session refuses its settings; its log names the one. Correct it, then change the resource or restart Recado.",
)
_CRASHING = _needs_somebody(
    "Reconnecting", "Crashing", "The session keeps crashing and is started again. Read the end of its log."
)
_BACKING_OFF = Explanation("Reconnecting", "BackOff", "The session ended and starts again in a moment. Nothing to do.")


def describe(now: Moment, world: World) -> WhatsAppConnectionStatus:
    told, seen = explain(now, world), world.observed
    ready = told.reason == "Connected"
    return WhatsAppConnectionStatus(
        phase=told.phase,
        epoch=seen.epoch if seen else 0,
        observed_state=seen.state if seen else "",
        conditions=[
            _condition("Ready", ready, told.reason, told.message),
            _linked(seen is not None and seen.linked),
            _condition("Stalled", told.stalled, told.reason, told.message),
        ],
    )


def explain(now: Moment, world: World) -> Explanation:
    seen = world.observed
    if world.memory.refusal:
        return _needs_somebody("Stalled", "DeclarationRefused", world.memory.refusal)
    if seen is None:
        return _UNKNOWN
    if seen.deleted:
        return _DELETED
    if world.resource is not None and world.resource.spec.paused:
        return _PAUSED
    if world.current:
        return _STATES.get(seen.state, _STATES["starting"])
    return _explain_ended(now, world, seen.state, seen.reason)


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
    return Explanation(told.phase, "Temporarily" + told.reason, message)


def _linked(linked: bool) -> ResourceCondition:  # noqa: FBT001 - it is the value of the condition
    message = "A phone is linked." if linked else "No phone is linked. Scan the QR code under Connections in Recado."
    return _condition("Linked", linked, "Linked" if linked else "NotLinked", message)


def _condition(kind: str, holds: bool, reason: str, message: str) -> ResourceCondition:  # noqa: FBT001 - as above
    status: Literal["True", "False"] = "True" if holds else "False"
    return ResourceCondition(type=kind, status=status, reason=reason, message=message)
