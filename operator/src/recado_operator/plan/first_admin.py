"""Whether the first person of a company should be made now. Pure; that it happens once is the database's to guard."""

from recado_core.resources.conditions import Reason
from recado_operator.plan.actions import MakeFirstAdmin
from recado_operator.world import AdminAttempt, CompanyWorld, Moment

AGAIN_SECONDS = 60.0
"""So often a Secret that was not as it should be is looked at again: nobody tells us when it changes."""
DONE = frozenset({Reason.CREATED, Reason.ALREADY_HAS_PEOPLE})


def first_admin(now: Moment, world: CompanyWorld) -> tuple[MakeFirstAdmin, ...]:
    if world.observed is None or due_in(now, world) != 0.0:
        return ()
    return (MakeFirstAdmin(world.observed.company_id),)


def due_in(now: Moment, world: CompanyWorld) -> float | None:
    """Seconds until the next attempt; None when there is none to come."""
    nobody = world.observed is not None and world.observed.agents == 0
    if world.resource.spec.initial_admin is None or not nobody or not world.secrets:
        return None
    last = attempt(world)
    if last is None:
        return 0.0
    return None if last.reason in DONE else max(0.0, last.at + AGAIN_SECONDS - now.monotonic)


def attempt(world: CompanyWorld) -> AdminAttempt | None:
    """The last one, if it was for what is declared now."""
    last = world.memory.admin
    return last if last is not None and last.wanted == world.resource.spec.initial_admin else None
