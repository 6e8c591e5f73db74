"""What is remembered between two looks: failures, waits, and what was asked and answered."""

from collections.abc import Sequence

from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_operator import outcome
from recado_operator.outcome import Outcome
from recado_operator.plan import requests
from recado_operator.plan.actions import Action, Correct, Declare, End, Remove, RequestLogout, Start
from recado_operator.world import Memory, Moment, ObservedSession, World

NO_STATUS = WhatsAppConnectionStatus()


def before(now: Moment, world: World) -> Memory:
    """`world.memory` with what the world tells anew, before anything is decided."""
    memory, seen = _with_latest(world), world.observed
    if seen is None:
        return memory
    if not world.going:
        memory = _remember_requests(world, replace(memory, logout_asked_at=None))
    if _resting(world) and memory.logout_asked_at is None:
        return replace(memory, failures=0, not_before=0.0, online_since=None, refused=None, pairing_expired=False)
    if seen.state == "online" and world.current:
        return _remember_online(now, memory)
    memory = replace(memory, online_since=None)
    return _remember_end(now, world, memory, seen) if world.ended else memory


def after(now: Moment, world: World, actions: Sequence[Action]) -> Memory:
    """`world.memory` once `actions` are carried out."""
    memory, kinds = world.memory, {type(action) for action in actions}
    if Remove in kinds:
        return Memory()
    if world.resource and Declare in kinds:
        not_before = 0.0 if memory.refusal else memory.not_before  # changed: asked again at once
        memory = replace(memory, resource=_bare(world.resource), refusal="", not_before=not_before)
    if Correct in kinds:
        memory = replace(memory, refusal="")
    if RequestLogout in kinds:
        memory = _remember_logout(now, world, memory)
    if End in kinds and world.current is not None and requests.pairing_overdue(world, world.current):
        memory = replace(memory, pairing_expired=True)
    return _remember_start(now, world, memory) if Start in kinds else memory


def _with_latest(world: World) -> Memory:
    """The resource as it is now, where the database was told the same: an older one need not be kept beside it."""
    known, latest = world.memory.resource, world.resource
    if known is None or latest is None or known.metadata is latest.metadata or known.spec != latest.spec:
        return world.memory
    return replace(world.memory, resource=_bare(latest))


def _bare(resource: WhatsAppConnection) -> WhatsAppConnection:
    """Its status is nobody's memory, and most of its size."""
    return replace(resource, status=NO_STATUS)


def _remember_logout(now: Moment, world: World, memory: Memory) -> Memory:
    if world.going:
        return replace(memory, logout_asked_at=now.monotonic)
    return replace(memory, mismatch_at=now.monotonic)


def _remember_start(now: Moment, world: World, memory: Memory) -> Memory:
    if world.resource is not None and not world.going:
        spec = world.resource.spec
        memory = replace(
            memory,
            pairing_answered=spec.pairing.request,
            reconnect_answered=spec.reconnect.request,
            pairing_expired=False,
            refused=None,
            refusal="",
        )
    asked = world.observed is not None and world.observed.pairing_requested
    return replace(memory, asked_at=now.monotonic) if asked else memory


def _remember_requests(world: World, memory: Memory) -> Memory:
    if world.linked:
        memory = replace(memory, pairing_expired=False)
    current = world.current
    leaving = current is None or current.stopping or requests.pairing_overdue(world, current)
    if world.resource is not None and not leaving:
        return replace(memory, pairing_answered=world.resource.spec.pairing.request)  # it shows codes, or needs none
    return memory


def _resting(world: World) -> bool:
    suspended = world.company is not None and world.company.spec.suspend
    return world.going or suspended or (world.resource is not None and world.resource.spec.suspend)


def _remember_online(now: Moment, memory: Memory) -> Memory:
    since = now.monotonic if memory.online_since is None else memory.online_since
    steady = now.monotonic - since >= outcome.STEADY_SECONDS
    return replace(memory, online_since=since, failures=0 if steady else memory.failures, refused=None)


def _remember_end(now: Moment, world: World, memory: Memory, seen: ObservedSession) -> Memory:
    spec = world.resource.spec if world.resource else world.memory.declared
    how, ended = outcome.classify(world.exit_code, seen.state), world.ended
    if ended is not None and (ended.stopping or ended.disrupted or not how.failed):
        return replace(memory, failures=0, not_before=0.0)
    failures = memory.failures + 1
    return replace(
        memory,
        failures=failures,
        not_before=now.monotonic + outcome.delay_after(how, failures, world.jitter),
        refused=spec if how is Outcome.REFUSED_SETTINGS else None,
        complaint=ended.complaint if ended is not None else "",
    )
