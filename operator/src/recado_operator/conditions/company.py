"""A company's status: whether its connections may run, what it uses, and what stands in the way."""

from recado_core.resources.company import CompanyStatus, CompanyUsage
from recado_core.resources.conditions import Condition, ConditionType, Reason
from recado_operator.conditions.first_admin import describe_first_admin
from recado_operator.conditions.writing import Explanation, Writer
from recado_operator.plan.company_admission import refusal
from recado_operator.plan.quota import accepted
from recado_operator.world import CompanyWorld, Moment

LISTED = 5
"""So many connections are named in a message; the others are counted."""

_READY = Explanation(Reason.PROVISIONED, "Its connections may run.")
_VALID = Explanation(Reason.VALID, "The declaration is in force.")
_PROVISIONED = Explanation(Reason.PROVISIONED, "The database knows the company.")
_PENDING = Explanation(Reason.PENDING, "The database learns of it in a moment. Nothing to do.")
_SUSPENDED = Explanation(
    Reason.SUSPENDED, "Suspended: sessions are stopped, nobody signs in. Set spec.suspend to false."
)
_NOT_SUSPENDED = Explanation(Reason.NOT_SUSPENDED, "Nobody suspended it.")
_ISOLATED = Explanation(Reason.POLICIES_APPLIED, "Policies keep its sessions apart.")
_NO_POLICIES = Explanation(Reason.NOT_REQUESTED, "There are no policies on one machine. Nothing to do.")
_FORBIDDEN = Explanation(
    Reason.FORBIDDEN, "The operator may not write policies. Grant it the rights that its chart lists."
)
_WITHIN = Explanation(Reason.WITHIN_QUOTA, "No more connections are declared than allowed.")
_CONNECTIONS_EXIST = Explanation(Reason.CONNECTIONS_EXIST, "Delete its connections first.")
_NOT_CONFIRMED = Explanation(
    Reason.PURGE_NOT_CONFIRMED,
    "deletionPolicy is Purge. To remove everything, annotate this resource with recado.dev/confirm-purge: <its name>. "
    "Without it everything stays in the database after ten minutes.",
)


def describe(now: Moment, world: CompanyWorld, blocked: str) -> CompanyStatus:
    """`blocked` tells what a deletion waits for: `connections`, `purge` or nothing."""
    resource, observed = world.resource, world.observed
    before = resource.status
    return CompanyStatus(
        observed_generation=resource.metadata.generation,
        company_id=observed.company_id if observed else before.company_id,
        namespace_isolation=resource.spec.isolation,
        usage=_usage(world),
        conditions=_conditions(now, world, blocked),
    )


def _usage(world: CompanyWorld) -> CompanyUsage:
    used, limit = len([peer for peer in world.peers if not peer.leaving]), world.resource.spec.quotas.connections
    return CompanyUsage(
        connections=used,
        connections_ready=world.ready,
        agents=world.observed.agents if world.observed else 0,
        summary=f"{world.ready}/{used}/{limit}",
    )


def _conditions(now: Moment, world: CompanyWorld, blocked: str) -> list[Condition]:
    resource = world.resource
    writer = Writer(now.wall, resource.status.conditions, resource.metadata.generation)
    refused, told = explain_refusal(world), explain(world)
    ready = told is _READY
    provisioned = world.observed is not None
    written = [
        writer.write(ConditionType.READY, "True" if ready else "False", told),
        writer.write(ConditionType.ACCEPTED, "False" if refused else "True", refused or _VALID),
        writer.write(
            ConditionType.TENANT_PROVISIONED,
            "True" if provisioned else "False",
            _PROVISIONED if provisioned else refused or _PENDING,
        ),
        _isolated(writer, world),
        _within_quota(writer, world),
        *describe_first_admin(writer, world),
        writer.write(
            ConditionType.SUSPENDED,
            "True" if resource.spec.suspend else "False",
            _SUSPENDED if resource.spec.suspend else _NOT_SUSPENDED,
        ),
    ]
    if blocked:
        why = _CONNECTIONS_EXIST if blocked == "connections" else _NOT_CONFIRMED
        written.append(writer.write(ConditionType.DELETION_BLOCKED, "True", why))
    if refused is not None:
        stalled = Explanation(Reason.NEEDS_HUMAN, refused.message)
        written.append(writer.write(ConditionType.STALLED, "True", stalled))
    elif told is _PENDING:
        written.append(writer.write(ConditionType.RECONCILING, "True", told))
    return written


def explain(world: CompanyWorld) -> Explanation:
    """What Ready says."""
    if refused := explain_refusal(world):
        return refused
    if world.observed is None:
        return _PENDING
    return _SUSPENDED if world.resource.spec.suspend else _READY


def explain_refusal(world: CompanyWorld) -> Explanation | None:
    if verdict := refusal(world):
        return Explanation(verdict.reason, verdict.message)
    if not world.memory.refusal:
        return None
    missing = world.resource.spec.company_id is not None
    reason = Reason.COMPANY_ID_NOT_FOUND if missing else Reason.DECLARATION_REFUSED
    return Explanation(reason, world.memory.refusal)


def _isolated(writer: Writer, world: CompanyWorld) -> Condition:
    if not world.policies:
        return writer.write(ConditionType.ISOLATED, "False", _NO_POLICIES)
    if world.memory.isolation_refused:
        return writer.write(ConditionType.ISOLATED, "False", _FORBIDDEN)
    done = world.memory.isolated is not None
    return writer.write(ConditionType.ISOLATED, "True" if done else "False", _ISOLATED if done else _PENDING)


def _within_quota(writer: Writer, world: CompanyWorld) -> Condition:
    staying = [peer for peer in world.peers if not peer.leaving]
    limit = world.resource.spec.quotas.connections
    if len(staying) <= limit:
        return writer.write(ConditionType.WITHIN_QUOTA, "True", _WITHIN)
    allowed = accepted(world.peers, limit)
    rejected = sorted(peer.name for peer in staying if peer.id not in allowed)
    named = ", ".join(rejected[:LISTED]) + (f" and {len(rejected) - LISTED} more" if len(rejected) > LISTED else "")
    message = (
        f"{len(staying)} connections are declared, {limit} are allowed. "
        f"Not accepted: {named or 'none, all are linked'}. Delete some, or raise spec.quotas.connections."
    )
    return writer.write(ConditionType.WITHIN_QUOTA, "False", Explanation(Reason.QUOTA_EXCEEDED, message))
