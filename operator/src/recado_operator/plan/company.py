"""Decides, for one company, what to do now: its row in the database, its policies, and what its deletion may take."""

from msgspec.structs import replace

from recado_core.resources.company import Company
from recado_core.resources.metadata import CONFIRM_PURGE, FINALIZER
from recado_operator.conditions.company import describe
from recado_operator.plan.actions import (
    CompanyAction,
    CompanyPlan,
    HoldResource,
    Isolate,
    Provision,
    PurgeCompany,
    ReleaseResource,
)
from recado_operator.plan.company_admission import refusal
from recado_operator.plan.first_admin import due_in, first_admin
from recado_operator.world import CompanyMemory, CompanyWorld, Moment

FINALIZER_SECONDS = 600.0
REFUSAL_SECONDS = 30.0
MENDING_SECONDS = 5.0
"""Policies that somebody changes again and again are put back this often, no more."""


def plan_company(now: Moment, world: CompanyWorld) -> CompanyPlan:
    going = world.resource.metadata.deletion_timestamp is not None
    actions = _depart(now, world) if going else _keep(now, world)
    memory = _remember(now, world, actions)
    return CompanyPlan(
        memory=memory,
        actions=actions,
        status=describe(now, replace(world, memory=memory), blocked=blocked(now, world) if going else ""),
        wake_after=_wake_after(now, world, memory),
    )


def _wake_after(now: Moment, world: CompanyWorld, memory: CompanyMemory) -> float | None:
    waits = (
        memory.not_before - now.monotonic,
        _until_mended(now, world),
        due_in(now, replace(world, memory=memory)),
        _until_overdue(now, world.resource),
    )
    return min((wait for wait in waits if wait is not None and wait > 0.0), default=None)


def refused_company(now: Moment, planned: CompanyPlan, why: str) -> CompanyMemory:
    """What to remember when the database refused to provision as `planned`."""
    return replace(planned.memory, refusal=why, not_before=now.monotonic + REFUSAL_SECONDS)


def blocked(now: Moment, world: CompanyWorld) -> str:
    """`connections` or `purge` while a deletion waits for a person, else nothing."""
    if _overdue(now, world.resource):
        return ""
    if world.peers:
        return "connections"
    return "purge" if world.resource.spec.deletion_policy == "Purge" and not _confirmed(world.resource) else ""


def _keep(now: Moment, world: CompanyWorld) -> tuple[CompanyAction, ...]:
    resource, memory = world.resource, world.memory
    hold = (HoldResource(),) if world.finalizers and FINALIZER not in resource.metadata.finalizers else ()
    if refusal(world) is not None:
        return hold
    actions: list[CompanyAction] = [*hold]
    told = memory.declared is not None and memory.declared.spec == resource.spec
    if not told or (memory.refusal and now.monotonic >= memory.not_before) or _lost(world):
        actions.append(Provision())
    if world.policies and _must_isolate(now, world):
        actions.append(Isolate())
    return (*actions, *first_admin(now, world))


def _must_isolate(now: Moment, world: CompanyWorld) -> bool:
    written = world.memory.isolated
    if written is None or written.spec != world.resource.spec:
        return True
    return (world.harmed or world.memory.isolation_refused) and _until_mended(now, world) <= 0.0


def _until_mended(now: Moment, world: CompanyWorld) -> float:
    """Seconds until policies may be written again; 0 when there is no need."""
    memory = world.memory
    if memory.isolation_refused:
        return memory.isolated_at + REFUSAL_SECONDS - now.monotonic
    return memory.isolated_at + MENDING_SECONDS - now.monotonic if world.harmed else 0.0


def _lost(world: CompanyWorld) -> bool:
    """The database was told, took it, and knows nothing of it any more."""
    return world.observed is None and world.memory.declared is not None and not world.memory.refusal


def _depart(now: Moment, world: CompanyWorld) -> tuple[CompanyAction, ...]:
    if blocked(now, world):
        return ()
    release = (ReleaseResource(),) if FINALIZER in world.resource.metadata.finalizers else ()
    purges = world.resource.spec.deletion_policy == "Purge" and _confirmed(world.resource) and not world.peers
    if purges and world.observed is not None:
        return (PurgeCompany(world.observed.company_id),)
    return release


def _remember(now: Moment, world: CompanyWorld, actions: tuple[CompanyAction, ...]) -> CompanyMemory:
    memory, kinds = world.memory, {type(action) for action in actions}
    if Provision in kinds:
        memory = replace(memory, declared=world.resource, refusal="", not_before=0.0)
    return replace(memory, isolated=world.resource, isolated_at=now.monotonic) if Isolate in kinds else memory


def _confirmed(resource: Company) -> bool:
    return resource.metadata.annotations.get(CONFIRM_PURGE) == resource.metadata.name


def _overdue(now: Moment, resource: Company) -> bool:
    left = _until_overdue(now, resource)
    return resource.metadata.deletion_timestamp is not None and left is None


def _until_overdue(now: Moment, resource: Company) -> float | None:
    since = resource.metadata.deletion_timestamp
    left = FINALIZER_SECONDS - (now.wall - since).total_seconds() if since is not None else 0.0
    return left if left > 0.0 else None
