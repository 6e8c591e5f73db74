"""A session that should run, or should not: started, replaced, corrected, brought to rest."""

from recado_operator import outcome
from recado_operator.outcome import Outcome
from recado_operator.plan import requests
from recado_operator.plan.actions import Action, Adopt, Correct, End, ReportState, RequestLogout, Start
from recado_operator.world import Drift, Moment, ObservedSession, SessionProcess, Stranger, Turn, World

STALE_SECONDS = 30.0
"""A running session whose heartbeat is older is deaf or hung. It cuts itself off after 20."""
STOP_GRACE = 20.0
ASKED_SECONDS = 10.0
"""A request for QR codes overrules every wait, but not more often than this while it stays unanswered."""
MISMATCH_SECONDS = 30.0
"""A device of the wrong number is asked to unlink itself this often until it has."""


def drop_superseded(world: World) -> tuple[Action, ...]:
    """Ends what runs with another epoch than the lease's: the database refuses it anyway."""
    return kill(tuple(process for process in world.running if process != world.current))


def rest(world: World, seen: ObservedSession, reason: str, *before: Action) -> tuple[Action, ...]:
    """No session: stopped politely, and its state says `reason`."""
    if world.running:
        return stop(world.running)
    if (seen.state, seen.reason) == ("stopped", reason):
        return ()
    return (*before, ReportState(seen.epoch, "stopped", reason))


def stop(processes: tuple[SessionProcess, ...]) -> tuple[Action, ...]:
    return tuple(End(process.epoch, STOP_GRACE) for process in processes if not process.stopping)


def kill(processes: tuple[SessionProcess, ...]) -> tuple[Action, ...]:
    return tuple(End(process.epoch, 0.0) for process in processes if not process.stopping)


def run(now: Moment, world: World, seen: ObservedSession) -> tuple[Action, ...]:
    """Exactly one session: of the lease's epoch, alive and as it should be."""
    current = world.current
    if current and silent(world, seen, current):
        return (*kill(world.running), *_start(world, seen))
    superseded = drop_superseded(world)
    if current:
        return (*superseded, *_tend(now, world, seen, current))
    return (*superseded, *(_start(world, seen) if _may_start(now, world, seen) else ()))


def silent(world: World, seen: ObservedSession, process: SessionProcess) -> bool:
    """Nothing was heard of the process for too long, though somebody listened."""
    silence = seen.heartbeat_age_seconds if seen.heartbeat_age_seconds is not None else process.age_seconds
    patience = world.resource.spec.failover.unreachable_seconds if world.resource and process.unreachable else 0.0
    return min(silence, process.age_seconds, world.watched_seconds) > max(STALE_SECONDS, patience)


def _start(world: World, seen: ObservedSession) -> tuple[Action, ...]:
    """The next epoch; with `WaitForKubelet` not before every older process is known to be gone."""
    waits = world.resource is not None and world.resource.spec.failover.policy == "WaitForKubelet"
    if waits and world.running:
        return ()
    stray = _stray(world, seen)
    if stray is not None and stray.adoptable:
        return (Adopt(stray.name),)
    return () if lives_unowned(world, seen) else (Start(seen.epoch),)


def lives_unowned(world: World, seen: ObservedSession) -> bool:
    """Nobody owns the pod of the lease's epoch, and its session is heard of: it is left alone until somebody acts."""
    age = seen.heartbeat_age_seconds
    heard = age is not None and min(age, world.watched_seconds) <= STALE_SECONDS
    return heard and world.current is None and seen.exit_code is None and _stray(world, seen) is not None


def _stray(world: World, seen: ObservedSession) -> Stranger | None:
    """A pod of the lease's epoch that nobody owns."""
    return next((found for found in world.strangers if found.epoch == seen.epoch > 0), None)


def _tend(now: Moment, world: World, seen: ObservedSession, current: SessionProcess) -> tuple[Action, ...]:
    if current.stopping or world.going:
        return ()
    if requests.reconnect_pending(world) or requests.pairing_overdue(world, current):
        return (End(current.epoch, STOP_GRACE),)
    asked_at = world.memory.mismatch_at
    if requests.wrong_number(world) and (asked_at is None or now.monotonic - asked_at >= MISMATCH_SECONDS):
        return (RequestLogout(),)
    refused = world.memory.refusal != "" and now.monotonic < world.memory.not_before
    return () if refused else _correct(world, seen, current)


def _correct(world: World, seen: ObservedSession, current: SessionProcess) -> tuple[Action, ...]:
    drift, may_interrupt = current.drift, world.turn is Turn.GO or not seen.linked
    if drift in {Drift.TEMPLATE, Drift.NODE} and may_interrupt:
        return (End(current.epoch, STOP_GRACE),)
    if drift is Drift.IMAGE and may_interrupt:
        return (Correct(current.epoch, image=True),)
    return (Correct(current.epoch),) if current.mends or drift in {Drift.METADATA, Drift.RESOURCES} else ()


def _may_start(now: Moment, world: World, seen: ObservedSession) -> bool:
    if requests.reconnect_pending(world) or requests.pairing_pending(world):
        return True
    asked_at = world.memory.asked_at
    if seen.pairing_requested and (asked_at is None or now.monotonic - asked_at >= ASKED_SECONDS):
        return True
    if requests.pairing_expired(world) or settings_refused(world):
        return False
    if outcome.classify(world.exit_code, seen.state) is Outcome.WAITS_FOR_PERSON:
        until = outcome.ends_at(seen.reason)
        return until is not None and now.wall >= until
    return now.monotonic >= world.memory.not_before


def settings_refused(world: World) -> bool:
    """A session ended for its settings, and nothing was changed since."""
    return world.memory.refused is not None and world.memory.refused == world.memory.declared
