"""The conditions beside Ready: each is its value and why, seen from the explanation that Ready carries."""

from recado_core.resources.conditions import ConditionStatus, Reason
from recado_operator.conditions import states
from recado_operator.conditions.explaining import not_owned, pod_problem
from recado_operator.conditions.writing import Explanation
from recado_operator.plan import requests
from recado_operator.plan.admission import Effect, refusal
from recado_operator.world import Drift, Turn, World

Told = tuple[ConditionStatus, Explanation]

_POD_RUNNING = Explanation(Reason.POD_RUNNING, "The session runs.")
_MULTIPLE = Explanation(Reason.MULTIPLE_PODS, "More than one pod was found. Those without a lease go. Nothing to do.")
_PAIRED = Explanation(Reason.PAIRED, "A phone is linked.")
_NOT_PAIRED = Explanation(Reason.NOT_PAIRED, "No phone is linked yet. Ready says what to do.")
_QR = Explanation(Reason.QR_AVAILABLE, "Open Recado, go to Connections and scan the QR code with the phone.")
_CODE = Explanation(Reason.PAIRING_CODE_AVAILABLE, states.TYPE_THE_CODE)
_CONNECTED = Explanation(Reason.CONNECTED, "The session reaches WhatsApp.")
_NOT_CONNECTED = Explanation(Reason.NOT_CONNECTED, "No session reaches WhatsApp. Ready says what to do.")
_KEEP_ALIVE = Explanation(Reason.KEEP_ALIVE_TIMEOUT, "WhatsApp does not answer. It is asked again. Nothing to do.")
_UNAVAILABLE = Explanation(Reason.SERVER_UNAVAILABLE, "WhatsApp refuses connections. It is tried again. Nothing to do.")
_LEASE_LOST = Explanation(Reason.LEASE_LOST, "The session lost its lease and ended. Another follows. Nothing to do.")
_UP_TO_DATE = Explanation(Reason.UP_TO_DATE, "The session runs what it should.")
_NOT_RUNNING = Explanation(Reason.NOT_RUNNING, "No session runs that could be out of date. Ready says what to do.")
_PENDING = Explanation(Reason.ROLLOUT_PENDING, "A newer version comes with a later wave. Nothing to do.")
_PAUSED = Explanation(
    Reason.ROLLOUT_PAUSED,
    "The roll-out is paused or was rolled back; the session runs on. "
    "The operator's ConfigMap recado-rollout says why and what to do.",
)
_PINNED = Explanation(Reason.PINNED, "The version is pinned. Change spec.updatePolicy to follow the others.")
_NOT_SUSPENDED = Explanation(Reason.NOT_SUSPENDED, "Nobody suspended it.")
_NONE = Explanation(Reason.NONE, "WhatsApp does not limit the number.")

_ABOUT_PAIRING = frozenset(
    {Reason.PAIRING_EXPIRED, Reason.PHONE_NUMBER_MISMATCH, Reason.LOGGED_OUT, Reason.PASSKEY_REQUIRED}
)
_ABOUT_CONNECTION = frozenset({Reason.CONNECTING, Reason.STREAM_REPLACED, Reason.CLIENT_OUTDATED})
RESTRICTIONS = frozenset(
    {
        Reason.TEMPORARILY_BANNED,
        Reason.BANNED,
        Reason.LOCKED,
        Reason.LOGGED_OUT,
        Reason.CLIENT_OUTDATED,
        Reason.STREAM_REPLACED,
        Reason.RATE_LIMITED,
    }
)
_PROBLEMS = {
    "no_answer_from_whatsapp": _KEEP_ALIVE,
    "whatsapp_unreachable": _UNAVAILABLE,
    "connect_failure": _UNAVAILABLE,
    "lease_lost": _LEASE_LOST,
}


def session_running(world: World, told: Explanation) -> Told:
    current = world.current
    if len(world.running) > 1:
        return "False", _MULTIPLE
    if current is not None:
        if current.unreachable:
            return "Unknown", states.NODE_UNREACHABLE
        problem = states.TERMINATING if current.stopping else pod_problem(current)
        return ("False", problem) if problem else ("True", _POD_RUNNING)
    if world.running:
        return "False", states.TERMINATING
    if world.strangers and not any(found.adoptable for found in world.strangers):
        return "False", not_owned(world)
    return "False", Explanation(_why_no_session(world, told), told.message)


def _why_no_session(world: World, told: Explanation) -> Reason:
    if told.reason in {Reason.BACK_OFF, Reason.CRASHING, Reason.PENDING, Reason.SETTINGS_REFUSED}:
        return told.reason
    verdict = refusal(world, world.resource) if world.resource else None
    return Reason.PENDING if verdict is not None and verdict.effect is Effect.HOLD else Reason.NOT_DESIRED


def paired(world: World, told: Explanation) -> Told:
    if told.reason in _ABOUT_PAIRING:
        return "False", Explanation(told.reason, told.message)
    if world.linked:
        return "True", _PAIRED
    seen = world.observed
    if world.current is None or seen is None or seen.state != "qr":
        return "False", _NOT_PAIRED
    return "False", _CODE if requests.shows_code(seen) else _QR


def connected(world: World, told: Explanation) -> Told:
    seen = world.observed
    if told.reason in {Reason.CONNECTED, Reason.DEGRADED, Reason.RATE_LIMITED} and world.current is not None:
        return "True", _CONNECTED
    if seen is not None and (problem := _PROBLEMS.get(seen.reason.split(":")[0])):
        return "False", problem
    return "False", Explanation(told.reason, told.message) if told.reason in _ABOUT_CONNECTION else _NOT_CONNECTED


def up_to_date(world: World) -> Told:
    current = world.current
    if current is None:
        return "Unknown", _NOT_RUNNING
    if current.behind or current.drift in {Drift.IMAGE, Drift.TEMPLATE}:
        return "False", _PAUSED if world.turn is Turn.PAUSED else _PENDING
    policy = world.resource.spec.update_policy if world.resource else None
    return "True", _PINNED if policy is not None and policy.channel == "Pinned" else _UP_TO_DATE


def suspended(world: World) -> Told:
    if world.resource is not None and world.resource.spec.suspend:
        return "True", states.SUSPENDED
    return "False", _NOT_SUSPENDED


def restricted(told: Explanation) -> Told:
    if told.reason in RESTRICTIONS:
        return "True", Explanation(told.reason, told.message)
    return "False", _NONE
