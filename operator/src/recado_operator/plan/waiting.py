"""When time alone will change what is to be done: the next look is due then, even if nothing happens before."""

from recado_core.resources.connection import WhatsAppConnection
from recado_operator import outcome
from recado_operator.conditions.settling import seconds_untold
from recado_operator.plan import requests
from recado_operator.plan.departure import FINALIZER_SECONDS, LOGOUT_SECONDS
from recado_operator.plan.running import MISMATCH_SECONDS, STALE_SECONDS, lives_unowned
from recado_operator.world import Moment, World


def wake_after(now: Moment, world: World) -> float | None:
    """Seconds, or None when only an event can change anything."""
    memory = world.memory
    waits = [memory.not_before - now.monotonic, seconds_untold(now, world)]
    waits += [*_of_lease(now, world), *_of_current(world)]
    if memory.logout_asked_at is not None:
        waits.append(memory.logout_asked_at + LOGOUT_SECONDS - now.monotonic)
    if memory.mismatch_at is not None and requests.wrong_number(world):
        waits.append(memory.mismatch_at + MISMATCH_SECONDS - now.monotonic)
    if world.resource is not None:
        waits += _of_deletion(now, world.resource)
    return min((wait for wait in waits if wait > 0.0), default=None)


def _of_lease(now: Moment, world: World) -> list[float]:
    if world.observed is None:
        return []
    until = outcome.ends_at(world.observed.reason)
    waits = [STALE_SECONDS] if not world.going and lives_unowned(world, world.observed) else []
    return [*waits, (until - now.wall).total_seconds()] if until is not None else waits


def _of_current(world: World) -> list[float]:
    current, resource = world.current, world.resource
    if current is None or resource is None:
        return []
    waits = [resource.spec.pairing.timeout_seconds - current.age_seconds] if not world.linked else []
    return [*waits, STALE_SECONDS] if current.stopping or current.unreachable else waits


def _of_deletion(now: Moment, resource: WhatsAppConnection) -> list[float]:
    since = resource.metadata.deletion_timestamp
    return [FINALIZER_SECONDS - (now.wall - since).total_seconds()] if since is not None else []
