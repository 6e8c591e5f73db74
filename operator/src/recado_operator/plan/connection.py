"""Decides, for one connection, what to do now. Pure: the same world gives the same plan, without any I/O.

The order of the rules is the policy: exits are noted first, then what goes, then what may not run, then what must.
Safety does not rest on this package: a start goes through `take_over`, which lets the database refuse everybody else.
Each plan may be carried out twice, or in part, or by two operators at once; the next look repairs the rest.
"""

from msgspec.structs import replace

from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_core.resources.metadata import FINALIZER
from recado_operator.conditions.connection import describe
from recado_operator.conditions.settling import seconds_untold
from recado_operator.plan import departure, exits, remembering, running, waiting
from recado_operator.plan.actions import Action, Declare, HoldResource, Plan, Start
from recado_operator.plan.admission import Effect, Verdict, refusal
from recado_operator.world import Memory, Moment, ObservedSession, World


def plan(now: Moment, world: World) -> Plan:
    considered = replace(world, memory=remembering.before(now, world))
    actions = (*exits.note(world), *_decide(now, considered))
    memory = remembering.after(now, considered, actions)
    known = replace(considered, memory=memory)
    status = _tell(now, known, world.resource) if world.resource else None
    return Plan(memory=memory, actions=actions, status=status, wake_after=waiting.wake_after(now, known))


def _tell(now: Moment, world: World, resource: WhatsAppConnection) -> WhatsAppConnectionStatus:
    return resource.status if seconds_untold(now, world) > 0.0 else describe(now, world)


def foresee(now: Moment, world: World, planned: Plan) -> Plan | None:
    """What the next look would plan, where it is sure to find the same world and nothing to do: `planned` did no more
    than tell the database what can be seen there already, as of every connection when an operator starts.
    """
    if not all(isinstance(action, Declare) for action in planned.actions) or not _declared_as_seen(world):
        return None
    following = plan(now, replace(world, memory=planned.memory))
    return None if following.actions else following


def _declared_as_seen(world: World) -> bool:
    """Before its first session a connection may inherit what another one of its name left, so its epoch counts."""
    seen, resource = world.observed, world.resource
    if seen is None or resource is None or seen.epoch == 0:
        return False
    return (seen.name, seen.paused) == (resource.metadata.name, resource.spec.suspend)


def refused(now: Moment, planned: Plan, why: str, again_after: float) -> Memory:
    """What to remember when the declaration or the start of `planned` was refused, by the database or the cluster."""
    return replace(planned.memory, refusal=why, not_before=now.monotonic + again_after)


def _decide(now: Moment, world: World) -> tuple[Action, ...]:
    resource = world.resource
    if resource is None or world.going:
        return departure.depart(now, world)
    hold = (HoldResource(),) if world.finalizers and _must_be_held(resource) else ()
    return (*hold, *_keep(now, world, resource))


def _must_be_held(resource: WhatsAppConnection) -> bool:
    """What `Retain` promises can be kept when the resource is gone; a device cannot be unlinked without it."""
    return resource.spec.deletion_policy != "Retain" and FINALIZER not in resource.metadata.finalizers


def _keep(now: Moment, world: World, resource: WhatsAppConnection) -> tuple[Action, ...]:
    verdict, seen = refusal(world, resource), world.observed
    company_id = world.company.company_id if world.company else None
    if seen is None or company_id is None:
        return _introduce(now, world, resource, verdict)
    declare = (Declare(company_id),) if world.memory.declared != resource.spec or seen.retained else ()
    return (*declare, *_work(now, world, seen, resource, verdict))


def _work(
    now: Moment, world: World, seen: ObservedSession, resource: WhatsAppConnection, verdict: Verdict | None
) -> tuple[Action, ...]:
    if verdict is not None:
        held = verdict.effect is Effect.HOLD
        return running.drop_superseded(world) if held else running.rest(world, seen, verdict.state_reason)
    if resource.spec.suspend:
        return running.rest(world, seen, "paused")
    return running.run(now, world, seen)


def _introduce(now: Moment, world: World, resource: WhatsAppConnection, verdict: Verdict | None) -> tuple[Action, ...]:
    if verdict is not None or world.company is None or world.company.company_id is None:
        return running.stop(world.running) if verdict is not None and verdict.effect is Effect.STOP else ()
    asked = world.memory.declared == resource.spec and world.memory.refusal != ""
    if asked and now.monotonic < world.memory.not_before:
        return ()
    declare = Declare(world.company.company_id)
    work = (declare,) if resource.spec.suspend else (declare, Start(0))
    return (*running.kill(world.running), *work)
