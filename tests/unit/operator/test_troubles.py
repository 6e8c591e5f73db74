"""What stands in the status while the operator cannot look."""

from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from recado_core.resources.company import CompanyStatus
from recado_core.resources.conditions import Condition, ConditionType
from recado_core.resources.port import Resource
from recado_operator.conditions.connection import describe
from recado_operator.conditions.states import DATABASE_UNAVAILABLE, RECONCILE_ERROR
from recado_operator.conditions.trouble import describe_trouble
from recado_operator.conditions.writing import Explanation
from recado_operator.plan.company import plan_company
from recado_operator.ports import DatabaseUnavailableError
from recado_operator.world import CompanyMemory, CompanyWorld, Moment, ObservedCompany

from .test_reconcile import Bench
from .worlds import COMPANY, NOW, RESOURCE, process, seen, world

LATER = Moment(NOW.monotonic, NOW.wall + timedelta(hours=1))
ROW = ObservedCompany(company_id=1, resource_uid=COMPANY.metadata.uid)
KNOWN = plan_company(NOW, CompanyWorld(resource=COMPANY, observed=ROW, memory=CompanyMemory(declared=COMPANY))).status


def told(resource: Resource) -> dict[str, Condition]:
    return {condition.type: condition for condition in resource.status.conditions}


def unknown(resource: Resource) -> dict[str, str]:
    return {kind: found.reason for kind, found in told(resource).items() if found.status == "Unknown"}


def test_of_a_connection_what_was_known_stays() -> None:
    before = describe(NOW, world(process(), observed=seen(linked=True)))
    outage = describe_trouble(NOW, replace(RESOURCE, status=before), DATABASE_UNAVAILABLE)
    assert unknown(outage) == {"Ready": "DatabaseUnavailable"}
    assert told(outage)["Paired"].status == "True"
    assert outage.status.session == before.session
    assert describe_trouble(LATER, outage, DATABASE_UNAVAILABLE) == outage


@pytest.mark.parametrize(
    ("why", "doubted"),
    [
        (DATABASE_UNAVAILABLE, {"Ready": "DatabaseUnavailable", "TenantProvisioned": "DatabaseUnavailable"}),
        (RECONCILE_ERROR, {"Ready": "ReconcileError"}),
    ],
)
@pytest.mark.parametrize("status", [CompanyStatus(), KNOWN], ids=["new", "known"])
def test_of_a_company_nobody_knows_whether_it_is_provisioned_while_the_database_is_away(
    status: CompanyStatus, why: Explanation, doubted: dict[str, str]
) -> None:
    trouble = describe_trouble(NOW, replace(COMPANY, status=status), why)
    assert unknown(trouble) == doubted
    assert (trouble.status.usage, trouble.status.company_id) == (status.usage, status.company_id)
    kept = {kind: found for kind, found in told(trouble).items() if kind not in doubted}
    assert kept == {found.type: found for found in status.conditions if found.type not in doubted}
    assert describe_trouble(LATER, trouble, why) == trouble


class Outage:
    """The database of a bench is away."""

    def __init__(self, bench: Bench, patch: pytest.MonkeyPatch) -> None:
        self._bench = bench
        self._patch = patch

    def begin(self) -> None:
        async def away(_: UUID) -> ObservedCompany | None:
            raise DatabaseUnavailableError("PostgreSQL cannot be asked")

        self._patch.setattr(self._bench.database, "observe_company", away)

    def end(self) -> None:
        self._patch.undo()


async def test_a_company_says_so_when_it_lasts_once_and_heals(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    companies, uid = bench.reconciler().companies, COMPANY.metadata.uid
    assert uid is not None
    for _ in range(3):
        await companies.reconcile(uid)
    [healthy] = bench.manifests.company_statuses
    outage = Outage(bench, monkeypatch)
    outage.begin()
    for seconds in (0.0, 5.0, 6.0, 60.0):
        bench.clock.seconds += seconds
        with pytest.raises(DatabaseUnavailableError):
            await companies.reconcile(uid)
    [_, outaged] = bench.manifests.company_statuses
    found = {condition.type: condition for condition in outaged.conditions}
    for kind in (ConditionType.READY, ConditionType.TENANT_PROVISIONED):
        assert (found[kind].status, found[kind].reason) == ("Unknown", "DatabaseUnavailable")
        assert "Bring the database back" in found[kind].message
    outage.end()
    for _ in range(3):
        await companies.reconcile(uid)
    assert bench.manifests.company_statuses == [healthy, outaged, healthy]
    outage.begin()
    with pytest.raises(DatabaseUnavailableError):  # another outage, and patience anew
        await companies.reconcile(uid)
    assert len(bench.manifests.company_statuses) == 3
