"""Whether a company can be taken as it stands. Of two that claim the same, the older one has it."""

from msgspec import Struct

from recado_core.resources.company import Company
from recado_core.resources.conditions import Reason
from recado_operator.world import CompanyWorld

PLANS = frozenset({"standard"})


class CompanyVerdict(Struct, frozen=True):
    reason: Reason
    message: str


def refusal(world: CompanyWorld) -> CompanyVerdict | None:
    """The first thing that stands in the way; None when the company is accepted."""
    return _plan(world) or _claimed(world) or _shared(world)


def _plan(world: CompanyWorld) -> CompanyVerdict | None:
    wanted = world.resource.spec.plan
    if wanted in PLANS:
        return None
    message = f"There is no plan {wanted}. Set spec.plan to one of: {', '.join(sorted(PLANS))}."
    return CompanyVerdict(Reason.UNKNOWN_PLAN, message)


def _claimed(world: CompanyWorld) -> CompanyVerdict | None:
    wanted = world.resource.spec.company_id
    if wanted is None:
        return None
    for rival in world.rivals:
        if wanted in {rival.spec.company_id, rival.status.company_id} and _older(rival, world.resource):
            where = f"{rival.metadata.namespace}/{rival.metadata.name}".lstrip("/")
            message = f"Company {where} has companyID {wanted} already. Delete one of the two."
            return CompanyVerdict(Reason.COMPANY_ID_IN_USE, message)
    return None


def _shared(world: CompanyWorld) -> CompanyVerdict | None:
    namespace = world.resource.metadata.namespace
    for rival in world.rivals:
        alone = world.resource.spec.isolation == "Namespace" or (
            rival.spec.isolation == "Namespace" and _older(rival, world.resource)
        )
        if rival.metadata.namespace == namespace and alone:
            message = (
                f"Namespace {namespace} has Company {rival.metadata.name} too; isolation Namespace wants one alone. "
                "Declare the two in namespaces of their own."
            )
            return CompanyVerdict(Reason.NAMESPACE_NOT_DEDICATED, message)
    return None


def _older(rival: Company, mine: Company) -> bool:
    return _seniority(rival) < _seniority(mine)


def _seniority(company: Company) -> tuple[float, str]:
    created = company.metadata.creation_timestamp
    return created.timestamp() if created else 0.0, str(company.metadata.uid)
