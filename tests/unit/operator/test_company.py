"""One company: its row, what contradicts it, and what its deletion waits for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from recado_core.resources.company import Company
from recado_core.resources.conditions import Condition
from recado_core.resources.metadata import CONFIRM_PURGE, FINALIZER
from recado_operator.plan.actions import HoldResource, Isolate, Provision, PurgeCompany, ReleaseResource
from recado_operator.plan.company import (
    FINALIZER_SECONDS,
    MENDING_SECONDS,
    REFUSAL_SECONDS,
    plan_company,
    refused_company,
)
from recado_operator.world import CompanyMemory, CompanyWorld, ObservedCompany, Peer

from .worlds import COMPANY, NOW, at

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
KNOWN = CompanyMemory(declared=COMPANY)
ROW = ObservedCompany(company_id=1, resource_uid=COMPANY.metadata.uid, agents=3)


def world(**values: object) -> CompanyWorld:
    return replace(CompanyWorld(resource=COMPANY, observed=ROW, memory=KNOWN), **values)


def spec(company: Company = COMPANY, **values: object) -> Company:
    return replace(company, spec=replace(company.spec, **values))


def metadata(company: Company = COMPANY, **values: object) -> Company:
    return replace(company, metadata=replace(company.metadata, **values))


def told(of: CompanyWorld, kind: str = "Ready") -> Condition | None:
    conditions = plan_company(NOW, of).status.conditions
    return next((condition for condition in conditions if condition.type == kind), None)


def reason(of: CompanyWorld, kind: str = "Ready") -> str:
    found = told(of, kind)
    assert found is not None
    return found.reason


def test_a_new_company_is_provisioned_once_and_again_when_it_changes() -> None:
    first = plan_company(NOW, world(observed=None, memory=CompanyMemory()))
    assert first.actions == (Provision(),)
    assert plan_company(NOW, world(memory=first.memory)).actions == ()
    assert plan_company(NOW, world(resource=spec(display_name="New"), memory=first.memory)).actions == (Provision(),)


def test_a_row_that_went_missing_is_made_again() -> None:
    assert plan_company(NOW, world(observed=None)).actions == (Provision(),)


def test_the_status_answers_the_number_and_what_is_used() -> None:
    peers = (Peer(id=UUID(int=1), created=BEGINNING), Peer(id=UUID(int=2), created=BEGINNING, leaving=True))
    status = plan_company(NOW, world(peers=peers, ready=1)).status
    assert status.usage is not None
    assert (status.company_id, status.usage.summary, status.usage.agents) == (1, "1/1/5", 3)
    assert reason(world()) == "Provisioned"


def test_a_refusal_of_the_database_is_told_and_asked_again_later() -> None:
    wanted = world(resource=spec(company_id=9), observed=None, memory=CompanyMemory())
    memory = refused_company(NOW, plan_company(NOW, wanted), "The database has no company 9.")
    refused = replace(wanted, memory=memory)
    assert plan_company(NOW, refused).actions == ()
    assert (reason(refused), reason(refused, "Stalled")) == ("CompanyIDNotFound", "NeedsHuman")
    later = at(NOW.monotonic + (plan_company(NOW, refused).wake_after or 0.0))
    assert plan_company(later, refused).actions == (Provision(),)


def test_a_plan_that_does_not_exist_is_named() -> None:
    wrong = world(resource=spec(plan="gold"), observed=None, memory=CompanyMemory())
    assert (plan_company(NOW, wrong).actions, reason(wrong)) == ((), "UnknownPlan")


@pytest.mark.parametrize(("older", "accepted"), [(True, False), (False, True)])
def test_of_two_that_claim_one_row_the_older_has_it(older: bool, accepted: bool) -> None:  # noqa: FBT001 - values of the case
    mine = metadata(spec(company_id=4), creation_timestamp=BEGINNING)
    age = timedelta(days=-1 if older else 1)
    rival = metadata(mine, name="rival", uid=UUID(int=2), creation_timestamp=BEGINNING + age)
    contested = world(resource=mine, observed=None, rivals=(rival,), memory=CompanyMemory())
    planned = plan_company(NOW, contested)
    assert planned.actions == ((Provision(),) if accepted else ())
    assert planned.status.company_id == COMPANY.status.company_id
    assert reason(contested) == ("Pending" if accepted else "CompanyIDInUse")


def test_who_wants_a_namespace_alone_gets_it_or_says_so() -> None:
    neighbour = metadata(name="neighbour", uid=UUID(int=2), creation_timestamp=BEGINNING)
    alone = world(resource=spec(isolation="Namespace"), rivals=(neighbour,))
    assert reason(alone) == "NamespaceNotDedicated"
    late = metadata(creation_timestamp=BEGINNING + timedelta(days=1))
    beside = world(resource=late, rivals=(spec(neighbour, isolation="Namespace"),))
    assert reason(beside) == "NamespaceNotDedicated"
    assert reason(world(resource=late, rivals=(neighbour,))) == "Provisioned"


def test_a_cluster_holds_the_resource_and_writes_policies() -> None:
    new = world(observed=None, memory=CompanyMemory(), finalizers=True, policies=True)
    assert plan_company(NOW, new).actions == (HoldResource(), Provision(), Isolate())
    assert reason(replace(new, memory=CompanyMemory(isolation_refused=True)), "Isolated") == "Forbidden"


def test_policies_that_somebody_harmed_are_put_back_and_nobody_is_fought_with() -> None:
    first = plan_company(NOW, world(memory=KNOWN, policies=True))
    assert first.actions == (Isolate(),)
    harmed = world(memory=first.memory, policies=True, harmed=True)
    again = plan_company(NOW, harmed)
    assert (again.actions, again.wake_after) == ((), MENDING_SECONDS)
    assert plan_company(at(NOW.monotonic + MENDING_SECONDS), harmed).actions == (Isolate(),)
    assert plan_company(at(NOW.monotonic + 999), replace(harmed, harmed=False)).actions == ()


def test_policies_that_were_forbidden_are_tried_again() -> None:
    memory = replace(plan_company(NOW, world(memory=KNOWN, policies=True)).memory, isolation_refused=True)
    refused = world(memory=memory, policies=True)
    planned = plan_company(NOW, refused)
    assert (planned.actions, planned.wake_after) == ((), REFUSAL_SECONDS)
    assert plan_company(at(NOW.monotonic + REFUSAL_SECONDS), refused).actions == (Isolate(),)


def test_over_the_quota_the_rejected_are_named() -> None:
    peers = tuple(Peer(id=UUID(int=n), name=f"c{n}", created=BEGINNING + timedelta(days=n)) for n in range(9))
    over = told(world(peers=peers), "WithinQuota")
    assert over is not None
    assert (over.status, over.reason) == ("False", "QuotaExceeded")
    assert "c5, c6, c7, c8" in over.message


def going(resource: Company, seconds: float = 1.0, **values: object) -> CompanyWorld:
    left = metadata(resource, deletion_timestamp=NOW.wall - timedelta(seconds=seconds), finalizers=[FINALIZER])
    return world(resource=left, **values)


def test_deleting_waits_for_the_connections() -> None:
    peers = (Peer(id=UUID(int=1), created=BEGINNING),)
    blocked = going(COMPANY, peers=peers)
    assert (plan_company(NOW, blocked).actions, reason(blocked, "DeletionBlocked")) == ((), "ConnectionsExist")
    assert plan_company(NOW, going(COMPANY)).actions == (ReleaseResource(),)
    assert plan_company(NOW, going(COMPANY, FINALIZER_SECONDS, peers=peers)).actions == (ReleaseResource(),)


def test_a_purge_waits_for_its_confirmation() -> None:
    purge = spec(deletion_policy="Purge")
    assert reason(going(purge), "DeletionBlocked") == "PurgeNotConfirmed"
    confirmed = metadata(purge, annotations={CONFIRM_PURGE: "acme"})
    assert plan_company(NOW, going(confirmed)).actions == (PurgeCompany(1),)
    assert plan_company(NOW, going(confirmed, observed=None)).actions == (ReleaseResource(),)
    assert plan_company(NOW, going(purge, FINALIZER_SECONDS)).actions == (ReleaseResource(),)


def test_what_is_not_as_it_should_be_says_what_to_do() -> None:
    for of in (world(), world(observed=None), world(resource=spec(suspend=True)), world(resource=spec(plan="gold"))):
        for condition in plan_company(NOW, of).status.conditions:
            assert condition.message.endswith(".")
            assert condition.reason.isidentifier()
