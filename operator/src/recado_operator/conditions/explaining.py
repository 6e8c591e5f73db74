"""Why a connection is ready, or is not: one explanation, which Ready carries and the other conditions refine."""

from recado_core.resources.conditions import ConditionType, Reason, condition
from recado_core.session_states import WORKING_STATES
from recado_operator import outcome
from recado_operator.conditions import states
from recado_operator.conditions.writing import Explanation
from recado_operator.outcome import Outcome
from recado_operator.plan import requests
from recado_operator.plan.admission import Verdict, refusal
from recado_operator.plan.departure import purge_blocked
from recado_operator.plan.running import lives_unowned
from recado_operator.world import Moment, ObservedSession, SessionProcess, World

MANY_FAILURES = 5


def explain(now: Moment, world: World) -> Explanation:
    return _explain_going(now, world) or _explain_held(world) or _explain_session(now, world)


def explain_verdict(world: World) -> Explanation | None:
    """Why the declaration is not accepted; None when it is."""
    verdict: Verdict | None = refusal(world, world.resource) if world.resource else None
    if verdict is not None:
        return Explanation(verdict.reason, verdict.message, None if verdict.passing else Reason.NEEDS_HUMAN)
    if world.memory.refusal:
        return Explanation(Reason.DECLARATION_REFUSED, world.memory.refusal, Reason.NEEDS_HUMAN)
    return None


def _explain_going(now: Moment, world: World) -> Explanation | None:
    if not world.going:
        return None
    return states.PURGE_NOT_CONFIRMED if purge_blocked(now, world) else states.DELETING


def _explain_held(world: World) -> Explanation | None:
    if told := explain_verdict(world):
        return told
    suspended = world.resource is not None and world.resource.spec.suspend
    return states.SUSPENDED if suspended else None


def _explain_session(now: Moment, world: World) -> Explanation:
    seen, current = world.observed, world.current
    if seen is None:
        return states.PENDING
    if mismatch(world):
        return states.WRONG_NUMBER
    if current is not None:
        return _explain_current(seen, current)
    if lives_unowned(world, seen):
        return not_owned(world)
    if requests.pairing_expired(world):
        return states.final("qr", seen.reason)
    return _explain_ended(now, world, seen)


def not_owned(world: World) -> Explanation:
    names = ", ".join(found.name for found in world.strangers)
    message = f'Pod {names} has our labels and no owner. Delete it, or label it recado.dev/adoptable: "true".'
    return Explanation(Reason.POD_NOT_OWNED, message, Reason.NEEDS_HUMAN)


def mismatch(world: World) -> bool:
    """Another number is linked, or was until it was unlinked for that."""
    if requests.wrong_number(world):
        return True
    told = condition(world.resource.status.conditions, ConditionType.PAIRED) if world.resource else None
    said = told is not None and told.reason == Reason.PHONE_NUMBER_MISMATCH
    return said and not world.linked and world.current is None and not requests.pairing_pending(world)


def _explain_current(seen: ObservedSession, current: SessionProcess) -> Explanation:
    if current.unreachable:
        return states.NODE_UNREACHABLE
    return pod_problem(current) or (states.AWAITING_CODE if requests.shows_code(seen) else _explain_running(seen))


def _explain_running(seen: ObservedSession) -> Explanation:
    """WhatsApp says `online` to a new device before the database knows its number, and others may have that number."""
    state = "pairing" if seen.state in WORKING_STATES and not seen.linked else seen.state
    return states.RUNNING.get(state, states.RUNNING["starting"])


def pod_problem(current: SessionProcess) -> Explanation | None:
    """Why the pod does not run, in the words of the scheduler or the kubelet; None when it does."""
    if not current.waiting or current.waiting in {"ContainerCreating", "PodInitializing"}:
        return None
    words = current.message or current.waiting
    if "Image" in current.waiting:
        return Explanation(Reason.IMAGE_PULL, f"{words} Check the catalogue of sessions and the pull secrets.")
    if current.waiting == "CrashLoopBackOff":
        return states.CRASHING
    return Explanation(Reason.POD_PENDING, f"{words} Make room on the nodes, or correct spec.scheduling.")


def _explain_ended(now: Moment, world: World, seen: ObservedSession) -> Explanation:
    how = outcome.classify(world.exit_code, seen.state)
    if how is Outcome.WAITS_FOR_PERSON:
        return _explain_final(now, seen)
    if how is Outcome.REFUSED_SETTINGS:
        return states.refused(world.memory.complaint)
    if world.memory.failures >= outcome.EXHAUSTED_AFTER:
        return states.EXHAUSTED
    if how is Outcome.CRASHED and world.memory.failures >= MANY_FAILURES:
        return states.CRASHING
    return states.BACKING_OFF if how.failed else states.PENDING


def _explain_final(now: Moment, seen: ObservedSession) -> Explanation:
    told, until = states.final(seen.state, seen.reason), outcome.ends_at(seen.reason)
    if until is None:
        return told
    if until <= now.wall:
        return states.PENDING
    message = f"WhatsApp lifts this at {until:%Y-%m-%d %H:%M} UTC, then the session starts by itself. Nothing to do."
    return Explanation(Reason.TEMPORARILY_BANNED, message)
