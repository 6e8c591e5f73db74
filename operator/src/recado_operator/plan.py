"""Decides, for one connection, what to do now. Pure: the same world gives the same plan, without any I/O.

The order of the rules is the policy: exits are noted first, then deletion, then what must not run, then what must.
Safety does not rest on this file: a start goes through `take_over`, which lets the database refuse everybody else.
Each plan may be carried out twice, or in part, or by two operators at once; the next look repairs the rest.
"""

from msgspec import Struct
from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnectionSpec, WhatsAppConnectionStatus
from recado_operator import outcome
from recado_operator.conditions import describe
from recado_operator.outcome import Outcome
from recado_operator.world import Memory, Moment, ObservedSession, SessionProcess, World

STALE_SECONDS = 30.0
"""A running session whose heartbeat is older is deaf or hung. It cuts itself off after 20."""
STOP_GRACE = 20.0
ASKED_SECONDS = 10.0
"""A request for QR codes overrules every wait, but not more often than this while it stays unanswered."""
LOGOUT_SECONDS = 60.0
"""So long a connection that goes waits until its device is unlinked; then it goes, and a person must unlink it."""
REFUSAL_SECONDS = 30.0
"""What the database refused may become possible without a change here (its company is created): ask again."""


class Declare(Struct, frozen=True, tag=True):
    """Tell the database about the connection of this company: row, lease, role, schema."""

    company_id: int


class Start(Struct, frozen=True, tag=True):
    """Take over from `expected_epoch` and start a session with the next one."""

    expected_epoch: int


class End(Struct, frozen=True, tag=True):
    """Stop a process: politely for `grace` seconds, then by force."""

    epoch: int
    grace: float


class Forget(Struct, frozen=True, tag=True):
    """Clear an ended process away."""

    epoch: int


class RecordExit(Struct, frozen=True, tag=True):
    epoch: int
    exit_code: int


class ReportState(Struct, frozen=True, tag=True):
    """Say in the session's stead what it can no longer say itself."""

    epoch: int
    state: str
    reason: str


class Fence(Struct, frozen=True, tag=True):
    """Take the database away from whatever may still run."""


class RequestLogout(Struct, frozen=True, tag=True):
    """Wish that the session unlinks its device at WhatsApp, and tell it."""


class Remove(Struct, frozen=True, tag=True):
    """Drop the connection's schema, role and journal."""


Action = Declare | Start | End | Forget | RecordExit | ReportState | Fence | RequestLogout | Remove


class Plan(Struct, frozen=True, kw_only=True):
    memory: Memory
    actions: tuple[Action, ...] = ()
    status: WhatsAppConnectionStatus | None = None
    """None when there is no resource left to write it to."""
    wake_after: float | None = None
    """Seconds until the world changes by time alone."""


def plan(now: Moment, world: World) -> Plan:
    memory = _remember(now, world)
    considered = replace(world, memory=memory)
    actions = (*_note_exits(world), *_decide(now, considered))
    status = describe(now, considered) if world.resource else None
    remembered = _remember_actions(now, world, memory, actions)
    return Plan(memory=remembered, actions=actions, status=status, wake_after=_wake_after(now, remembered))


def _wake_after(now: Moment, memory: Memory) -> float | None:
    unlinked = memory.logout_asked_at + LOGOUT_SECONDS if memory.logout_asked_at is not None else 0.0
    return min((at - now.monotonic for at in (memory.not_before, unlinked) if at > now.monotonic), default=None)


def _remember_actions(now: Moment, world: World, memory: Memory, actions: tuple[Action, ...]) -> Memory:
    if any(isinstance(action, Remove) for action in actions):
        return Memory()
    if world.resource and any(isinstance(action, Declare) for action in actions):
        memory = replace(memory, resource=world.resource, refusal="")
    if any(isinstance(action, RequestLogout) for action in actions):
        memory = replace(memory, logout_asked_at=now.monotonic)
    asked = world.observed is not None and world.observed.pairing_requested
    if asked and any(isinstance(action, Start) for action in actions):
        memory = replace(memory, asked_at=now.monotonic)
    return memory


def refused(now: Moment, planned: Plan, why: str) -> Memory:
    """What to remember when the database refused the declaration of `planned`."""
    return replace(planned.memory, refusal=why, not_before=now.monotonic + REFUSAL_SECONDS)


def _remember(now: Moment, world: World) -> Memory:
    memory, seen = world.memory, world.observed
    if seen is None:
        return memory
    if world.resource is not None and not seen.deleted:
        memory = replace(memory, logout_asked_at=None)
    resting = world.resource is None or _suspended(world, world.resource.spec)
    if resting and memory.logout_asked_at is None:
        return replace(memory, failures=0, not_before=0.0, online_since=None, refused=None)
    if seen.state == "online" and world.current:
        return _remember_online(now, memory)
    memory = replace(memory, online_since=None)
    return _remember_end(now, world, seen) if world.ended else memory


def _remember_online(now: Moment, memory: Memory) -> Memory:
    since = now.monotonic if memory.online_since is None else memory.online_since
    steady = now.monotonic - since >= outcome.STEADY_SECONDS
    return replace(memory, online_since=since, failures=0 if steady else memory.failures, refused=None)


def _remember_end(now: Moment, world: World, seen: ObservedSession) -> Memory:
    spec = world.resource.spec if world.resource else world.memory.declared
    how = outcome.classify(world.exit_code, seen.state)
    asked = world.ended is not None and world.ended.stopping
    if asked or not how.failed:
        return replace(world.memory, online_since=None, failures=0, not_before=0.0)
    failures = world.memory.failures + 1
    return replace(
        world.memory,
        online_since=None,
        failures=failures,
        not_before=now.monotonic + outcome.delay_after(failures, world.jitter),
        refused=spec if how is Outcome.REFUSED_SETTINGS else None,
    )


def _note_exits(world: World) -> tuple[Action, ...]:
    actions: list[Action] = []
    seen, current = world.observed, world.ended
    if seen and current and current.exit_code is not None and seen.exit_code is None:
        actions.append(RecordExit(seen.epoch, current.exit_code))
        how = outcome.classify(current.exit_code, seen.state)
        if how is Outcome.CRASHED and not current.stopping:
            actions.append(ReportState(seen.epoch, "reconnecting", "session_crashed"))
        if how is Outcome.REFUSED_SETTINGS:
            actions.append(ReportState(seen.epoch, "failed", "session_settings"))
    return (*actions, *(Forget(process.epoch) for process in world.processes if not process.running))


def _decide(now: Moment, world: World) -> tuple[Action, ...]:
    resource, seen = world.resource, world.observed
    if resource is None or (seen and seen.deleted):
        return _delete(now, world)
    company_id = world.company.company_id if world.company else None
    if company_id is None:  # nothing starts and nothing stops until the company is there
        return ()
    if seen is None:
        return (*_kill(world.running), *_introduce(now, world, resource.spec, Declare(company_id)))
    declare = (Declare(company_id),) if world.memory.declared != resource.spec else ()
    work = _pause(world, seen) if _suspended(world, resource.spec) else _run(now, world, seen)
    return (*declare, *work)


def _suspended(world: World, spec: WhatsAppConnectionSpec) -> bool:
    return spec.suspend or (world.company is not None and world.company.spec.suspend)


def _introduce(now: Moment, world: World, spec: WhatsAppConnectionSpec, declare: Declare) -> tuple[Action, ...]:
    if world.memory.declared == spec and world.memory.refusal and now.monotonic < world.memory.not_before:
        return ()
    return (declare,) if _suspended(world, spec) else (declare, Start(0))


def _delete(now: Moment, world: World) -> tuple[Action, ...]:
    seen, declared = world.observed, world.memory.declared
    if seen is not None and _may_unlink(now, world, seen):
        ask = (RequestLogout(),) if world.memory.logout_asked_at is None else ()
        return (*ask, *_run(now, world, seen))
    if world.running:
        return _stop(world)
    if seen is None:  # the database never took it, or has let it go: clear the rest away
        return (Remove(),) if declared else ()
    if seen.deleted:
        return (Fence(), Remove())
    if declared is None:  # never met its resource: perhaps it is being created at this moment
        return ()
    return _rest(seen, "retained", Fence()) if declared.deletion_policy == "Retain" else (Fence(), Remove())


def _may_unlink(now: Moment, world: World, seen: ObservedSession) -> bool:
    """Whether a session, running or to be started, should still take the device out of the phone's list."""
    asked_at, declared = world.memory.logout_asked_at, world.memory.declared
    goes = seen.deleted or (declared is not None and declared.deletion_policy == "Logout")
    return seen.linked and goes and (asked_at is None or now.monotonic - asked_at < LOGOUT_SECONDS)


def _pause(world: World, seen: ObservedSession) -> tuple[Action, ...]:
    return _stop(world) if world.running else _rest(seen, "paused")


def _stop(world: World) -> tuple[Action, ...]:
    return tuple(End(process.epoch, STOP_GRACE) for process in world.running if not process.stopping)


def _rest(seen: ObservedSession, reason: str, *before: Action) -> tuple[Action, ...]:
    if (seen.state, seen.reason) == ("stopped", reason):
        return ()
    return (*before, ReportState(seen.epoch, "stopped", reason))


def _run(now: Moment, world: World, seen: ObservedSession) -> tuple[Action, ...]:
    current = world.current
    if current and _silent(world, seen, current):
        return (*_kill(world.running), Start(seen.epoch))
    superseded = _kill(tuple(process for process in world.running if process != current))
    if current or not _may_start(now, world, seen):
        return superseded
    return (*superseded, Start(seen.epoch))


def _kill(processes: tuple[SessionProcess, ...]) -> tuple[Action, ...]:
    return tuple(End(process.epoch, 0.0) for process in processes)


def _silent(world: World, seen: ObservedSession, process: SessionProcess) -> bool:
    silence = seen.heartbeat_age_seconds if seen.heartbeat_age_seconds is not None else process.age_seconds
    return min(silence, process.age_seconds, world.watched_seconds) > STALE_SECONDS


def _may_start(now: Moment, world: World, seen: ObservedSession) -> bool:
    asked_at = world.memory.asked_at
    if seen.pairing_requested and (asked_at is None or now.monotonic - asked_at >= ASKED_SECONDS):
        return True
    if world.memory.refused is not None and world.memory.refused == world.memory.declared:
        return False
    if outcome.classify(world.exit_code, seen.state) is Outcome.WAITS_FOR_PERSON:
        until = outcome.ends_at(seen.reason)
        return until is not None and now.wall >= until
    return now.monotonic >= world.memory.not_before
