"""A connection that goes: what its `deletionPolicy` promises, for as long as that can take, and then it is let go.

A resource is held by our finalizer meanwhile, but never longer than `FINALIZER_SECONDS`: a namespace that cannot be
deleted is worse than a device that somebody must unlink by hand. With `Retain` it is not held at all: what went while
nobody looked is retained too, which keeps everything.
"""

from recado_core.resources.connection import DeletionPolicy, WhatsAppConnection
from recado_core.resources.metadata import CONFIRM_PURGE, FINALIZER
from recado_operator.plan import running
from recado_operator.plan.actions import Action, Fence, ReleaseResource, Remove, RequestLogout, Retain
from recado_operator.world import Moment, ObservedSession, SessionProcess, World

LOGOUT_SECONDS = 60.0
"""So long a connection that goes waits until its device is unlinked; then it goes, and a person must unlink it."""
FINALIZER_SECONDS = 600.0


def depart(now: Moment, world: World) -> tuple[Action, ...]:
    seen, policy = world.observed, policy_of(now, world)
    if purge_blocked(now, world):
        return running.stop(world.running)
    if seen is not None and _may_unlink(now, world, seen, policy):
        ask = (RequestLogout(),) if world.memory.logout_asked_at is None else ()
        return (*ask, *running.run(now, world, seen))
    staying = tuple(process for process in world.running if not _lost(now, world, process))
    return running.stop(staying) if staying else _leave(world, seen, policy)


def policy_of(now: Moment, world: World) -> DeletionPolicy | None:
    """None for a connection whose resource was never met: perhaps it is another operator's."""
    resource = world.resource or world.memory.resource
    if world.observed is not None and world.observed.deleted:
        return "Logout"  # people deleted it in Recado
    if resource is None:
        return "Retain" if world.vanished else None
    policy = resource.spec.deletion_policy
    return "Logout" if policy == "Purge" and not _confirmed(resource) and overdue(now, resource) else policy


def purge_blocked(now: Moment, world: World) -> bool:
    """`Purge` waits for its confirmation; after that time it is treated as `Logout`."""
    resource = world.resource
    if resource is None or resource.spec.deletion_policy != "Purge" or _confirmed(resource):
        return False
    return resource.metadata.deletion_timestamp is not None and not overdue(now, resource)


def overdue(now: Moment, resource: WhatsAppConnection) -> bool:
    """The resource was held for as long as it may be."""
    since = resource.metadata.deletion_timestamp
    return since is not None and (now.wall - since).total_seconds() >= FINALIZER_SECONDS


def _confirmed(resource: WhatsAppConnection) -> bool:
    return resource.metadata.annotations.get(CONFIRM_PURGE) == resource.metadata.name


def _may_unlink(now: Moment, world: World, seen: ObservedSession, policy: DeletionPolicy | None) -> bool:
    """Whether a session, running or to be started, should still take the device out of the phone's list."""
    if not seen.linked or policy not in {"Logout", "Purge"}:
        return False
    asked_at = world.memory.logout_asked_at
    return asked_at is None or now.monotonic - asked_at < LOGOUT_SECONDS


def _lost(now: Moment, world: World, process: SessionProcess) -> bool:
    """It was told to go and cannot answer: fencing makes it harmless, so nobody waits for it."""
    late = world.resource is not None and overdue(now, world.resource)
    return process.stopping and (process.unreachable or late)


def _leave(world: World, seen: ObservedSession | None, policy: DeletionPolicy | None) -> tuple[Action, ...]:
    held = world.resource is not None and FINALIZER in world.resource.metadata.finalizers
    release = (ReleaseResource(),) if held else ()
    if seen is None:  # the database never took it, or has let it go: clear the rest away
        return (*((Remove(),) if world.memory.declared else ()), *release)
    if policy is None:
        return ()
    if policy == "Retain":
        return release if seen.retained else (Retain(),)
    return (Fence(), Remove(purge=policy == "Purge"))
