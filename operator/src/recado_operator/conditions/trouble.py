"""A status while the operator cannot look: what was known stays, and what nobody can know at present says so."""

from msgspec.structs import replace

from recado_core.resources.company import Company
from recado_core.resources.conditions import Condition, ConditionType, Reason
from recado_core.resources.port import AnyResource, Resource
from recado_operator.conditions.writing import Explanation, Writer
from recado_operator.world import Moment


def describe_trouble(now: Moment, resource: AnyResource, told: Explanation) -> AnyResource:
    """`resource` with conditions that are Unknown for the reason `told`."""
    before = resource.status.conditions
    writer = Writer(now.wall, before, resource.metadata.generation)
    unknown: dict[str, Condition] = {
        str(kind): writer.write(kind, "Unknown", told) for kind in _doubted(resource, told)
    }
    kept: list[Condition] = [unknown.pop(known.type, known) for known in before]
    return replace(resource, status=replace(resource.status, conditions=[*unknown.values(), *kept]))


def _doubted(resource: Resource, told: Explanation) -> list[ConditionType]:
    provisioned = isinstance(resource, Company) and told.reason is Reason.DATABASE_UNAVAILABLE
    return [ConditionType.READY, *([ConditionType.TENANT_PROVISIONED] if provisioned else [])]
