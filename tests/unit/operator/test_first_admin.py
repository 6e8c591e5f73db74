"""The first person of a company: made once, told in the conditions, and the password stands nowhere."""

import msgspec
import pytest
from msgspec.structs import replace

from recado_core.passwords import HASHER, MAXIMUM_PASSWORD, MINIMUM_PASSWORD
from recado_core.resources.company import CompanyStatus, InitialAdmin
from recado_core.resources.conditions import Condition, ConditionType, Reason, condition
from recado_core.resources.session_options import SecretReference
from recado_operator.plan.actions import MakeFirstAdmin
from recado_operator.plan.company import plan_company
from recado_operator.plan.first_admin import AGAIN_SECONDS, DONE
from recado_operator.ports import FirstAdminAnswer
from recado_operator.reconcile_company import CompanyReconciler
from recado_operator.world import AdminAttempt, CompanyMemory, CompanyWorld, ObservedCompany

from .test_reconcile import Bench
from .worlds import COMPANY, NOW, at

PASSWORD = "correct horse battery staple"
ANA = InitialAdmin(email="ana@example.com", password_secret_ref=SecretReference(name="first-admin", key="password"))
DECLARED = replace(COMPANY, spec=replace(COMPANY.spec, initial_admin=ANA))
ROW = ObservedCompany(company_id=1, resource_uid=COMPANY.metadata.uid)
FAILED = (
    Reason.SECRET_NOT_READABLE,
    Reason.SECRET_NOT_FOUND,
    Reason.PASSWORD_TOO_SHORT,
    Reason.PASSWORD_UNUSABLE,
    Reason.EMAIL_TAKEN,
    Reason.AGENT_QUOTA_EXCEEDED,
)


def world(reason: Reason | None = None, wanted: InitialAdmin = ANA, **values: object) -> CompanyWorld:
    """After an attempt that ended with `reason`, if any."""
    attempt = AdminAttempt(wanted, reason, NOW.monotonic) if reason else None
    memory = CompanyMemory(declared=DECLARED, admin=attempt)
    return replace(CompanyWorld(resource=DECLARED, observed=ROW, memory=memory, secrets=True), **values)


def told(status: CompanyStatus) -> tuple[str, str]:
    found = condition(status.conditions, ConditionType.INITIAL_ADMIN)
    assert found is not None
    return found.status, found.reason


def test_somebody_is_made_where_nobody_is_and_secrets_may_be_read() -> None:
    planned = plan_company(NOW, world())
    assert planned.actions == (MakeFirstAdmin(1),)
    assert told(planned.status) == ("False", "Pending")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        (world(observed=replace(ROW, agents=1)), ("True", "AlreadyHasPeople")),
        (world(Reason.EMAIL_TAKEN, observed=replace(ROW, agents=1)), ("True", "AlreadyHasPeople")),
        (world(secrets=False), ("False", "SecretNotReadable")),
        (world(Reason.CREATED), ("True", "Created")),
        (world(Reason.CREATED, observed=replace(ROW, agents=1)), ("True", "Created")),
        (world(Reason.ALREADY_HAS_PEOPLE), ("True", "AlreadyHasPeople")),
    ],
)
def test_nobody_is_made_elsewhere_and_nobody_looks_again(where: CompanyWorld, says: tuple[str, str]) -> None:
    planned = plan_company(NOW, where)
    assert (planned.actions, planned.wake_after) == ((), None)
    assert told(planned.status) == says


def test_without_a_declaration_nothing_is_said() -> None:
    planned = plan_company(NOW, world(resource=COMPANY, memory=CompanyMemory(declared=COMPANY)))
    assert planned.actions == ()
    assert condition(planned.status.conditions, ConditionType.INITIAL_ADMIN) is None


def test_before_the_row_is_there_nobody_is_made() -> None:
    planned = plan_company(NOW, world(observed=None, memory=CompanyMemory()))
    assert MakeFirstAdmin(1) not in planned.actions
    assert told(planned.status) == ("False", "Pending")


def test_what_another_operator_made_stays_made() -> None:
    made = plan_company(NOW, world(Reason.CREATED, observed=replace(ROW, agents=1))).status
    later = world(observed=replace(ROW, agents=1), resource=replace(DECLARED, status=made))
    assert told(plan_company(NOW, later).status) == ("True", "Created")


@pytest.mark.parametrize("reason", FAILED)
def test_what_was_not_as_it_should_be_is_told_and_looked_at_again(reason: Reason) -> None:
    planned = plan_company(NOW, world(reason))
    assert (planned.actions, planned.wake_after) == ((), AGAIN_SECONDS)
    assert told(planned.status) == ("False", reason)
    assert plan_company(at(NOW.monotonic + AGAIN_SECONDS), world(reason)).actions == (MakeFirstAdmin(1),)


def test_another_declaration_is_tried_at_once() -> None:
    other = replace(ANA, email="bia@example.com")
    assert plan_company(NOW, world(Reason.EMAIL_TAKEN, wanted=other)).actions == (MakeFirstAdmin(1),)


@pytest.mark.parametrize("reason", [*DONE, *FAILED])
def test_every_message_says_what_to_do_and_gives_nothing_away(reason: Reason) -> None:
    found = condition(plan_company(NOW, world(reason)).status.conditions, ConditionType.INITIAL_ADMIN)
    assert found is not None
    assert found.message.endswith(".")
    assert "ana@" not in found.message


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.manifests.companies_here = [DECLARED]
    made.vault.readable = True
    made.vault.values = {("first-admin", "password"): PASSWORD.encode()}
    return made


async def look(companies: CompanyReconciler, times: int = 4) -> None:
    assert COMPANY.metadata.uid is not None
    for _ in range(times):
        await companies.reconcile(COMPANY.metadata.uid)


def last(bench: Bench) -> Condition:
    found = condition(bench.manifests.company_statuses[-1].conditions, ConditionType.INITIAL_ADMIN)
    assert found is not None
    return found


async def test_the_database_gets_a_hash_and_nobody_else_anything(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    companies = bench.reconciler().companies
    await look(companies, 8)
    [hashed] = bench.database.people.values()
    assert HASHER.verify(hashed, PASSWORD)
    assert (last(bench).status, last(bench).reason, bench.vault.asked) == ("True", "Created", 1)
    written = msgspec.json.encode(bench.manifests.company_statuses).decode()
    output = capsys.readouterr()
    for secret in (PASSWORD, hashed, ANA.email):
        assert secret not in written + output.out + output.err
    assert len(bench.manifests.company_statuses) == 1


async def test_without_the_right_no_secret_is_asked_for(bench: Bench) -> None:
    bench.vault.readable = False
    await look(bench.reconciler().companies)
    assert (last(bench).reason, bench.vault.asked, bench.database.people) == ("SecretNotReadable", 0, {})
    assert "operator.allowSecretReads" in last(bench).message


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "SecretNotFound"),
        (b"x" * (MINIMUM_PASSWORD - 1), "PasswordTooShort"),
        (b"x" * (MINIMUM_PASSWORD - 1) + b"\n", "PasswordTooShort"),
        (b"x" * (MAXIMUM_PASSWORD + 1), "PasswordUnusable"),
        (b"\xff" * MINIMUM_PASSWORD, "PasswordUnusable"),
    ],
)
async def test_a_secret_that_does_not_do_is_told_and_what_is_mended_counts(
    bench: Bench, value: bytes | None, reason: str
) -> None:
    bench.vault.values = {("first-admin", "password"): value} if value is not None else {("first-admin", "other"): b"x"}
    companies = bench.reconciler().companies
    await look(companies)
    assert (last(bench).status, last(bench).reason, bench.vault.asked) == ("False", reason, 1)
    bench.vault.values = {("first-admin", "password"): PASSWORD.encode() + b"\n"}
    bench.clock.seconds += AGAIN_SECONDS
    await look(companies)
    assert last(bench).reason == "Created"
    [hashed] = bench.database.people.values()
    assert HASHER.verify(hashed, PASSWORD)  # nobody could type the end of a line


async def test_a_right_that_the_cluster_does_not_give_is_missed(bench: Bench) -> None:
    bench.vault.forbidden = True
    await look(bench.reconciler().companies)
    assert (last(bench).reason, bench.vault.asked) == ("SecretNotReadable", 1)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("has_people", "AlreadyHasPeople"), ("no_place", "AgentQuotaExceeded"), ("email_taken", "EmailTaken")],
)
async def test_what_the_database_answers_is_told(bench: Bench, answer: FirstAdminAnswer, reason: str) -> None:
    bench.database.first_admin = answer
    await look(bench.reconciler().companies)
    assert (last(bench).reason, bench.database.people) == (reason, {})
