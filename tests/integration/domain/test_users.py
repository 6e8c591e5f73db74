"""Signing in: lock-out, and refresh tokens that can be used once."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest
from tests.integration.database import ADMIN_PASSWORD
from tests.integration.domain.office import Office

from recado_core.ids import new_id
from recado_domain.audit.actions import record
from recado_domain.companies.actions import create_company
from recado_domain.companies.errors import SlugTakenError
from recado_domain.companies.queries import company_ids, company_view
from recado_domain.errors import NotFoundError
from recado_domain.queues.queries import default_queue_id, visible_queues
from recado_domain.unit_of_work import Database
from recado_domain.users.actions import NewUser, create_user, record_failed_sign_in, record_sign_in
from recado_domain.users.errors import AgentQuotaError, EmailTakenError
from recado_domain.users.passwords import password_fits
from recado_domain.users.queries import SignInUser, list_users, user_by_email, user_by_id, user_view
from recado_domain.users.rules import ALLOWED_FAILURES, LOCKED_FOR
from recado_domain.users.tokens import RefreshToken, Refused, issue_token, revoke_token, rotate_token

NEWCOMER = NewUser(name="Bia", email="Bia@Example.com", password="a long password", role="agent")


class FixedClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()


@pytest.fixture
def clock(office: Office) -> FixedClock:
    fixed = FixedClock()
    office.domain = Database(office.domain.engine, clock=fixed)
    return fixed


async def admin(office: Office) -> SignInUser:
    async with office.domain.system() as work:
        found = await user_by_email(work, office.company.admin_email.upper())
    assert found is not None
    return found


async def rotate(office: Office, token: str) -> RefreshToken | Refused:
    async with office.domain.system() as work:
        return await rotate_token(work, token)


async def test_a_new_user_signs_in_by_e_mail_whatever_its_case(office: Office) -> None:
    made = await office.do(create_user, NEWCOMER)
    async with office.domain.system() as work:
        found = await user_by_email(work, "bia@example.COM")
        assert found == await user_by_id(work, office.company.id, made.id)
        assert await user_by_email(work, "nobody@example.com") is None
        assert await user_by_id(work, office.company.id, new_id()) is None
    assert found is not None
    assert (found.id, found.company_id, found.may_sign_in) == (made.id, office.company.id, True)
    assert await password_fits(found.password_hash, "a long password")
    assert not await password_fits(found.password_hash, "another password")


async def test_nobodys_password_never_fits() -> None:
    for password_hash in (None, "not a hash"):
        assert not await password_fits(password_hash, "nobody has this password")


async def test_an_e_mail_belongs_to_one_user_in_all_companies(office: Office) -> None:
    await office.do(create_user, NEWCOMER)
    async with office.domain.system() as work:
        other = await create_company(work, "Outra")
    with pytest.raises(EmailTakenError):
        async with office.domain.company(other.id) as work:
            await create_user(work, NEWCOMER)


async def test_a_company_has_no_more_people_than_its_quota(office: Office, behind: asyncpg.Connection) -> None:
    await behind.execute("update company set max_agents = 2 where id = $1", office.company.id)
    await office.do(create_user, NEWCOMER)
    another = msgspec.structs.replace(NEWCOMER, email="caio@example.com")
    with pytest.raises(AgentQuotaError, match="may have 2 people"):
        await office.do(create_user, another)
    await behind.execute("update app_user set status = 'disabled' where email = $1", NEWCOMER.email)
    assert (await office.do(create_user, another)).email == "caio@example.com"


async def test_a_company_starts_ready_to_work(office: Office) -> None:
    async with office.domain.system() as system:
        made = await create_company(system, "Café São João")
        assert await company_ids(system) == [office.company.id, made.id]
    async with office.domain.company(made.id) as work:
        user = await create_user(
            work, NewUser(name="C", email="c@x.y", password="x", role="agent", queue_ids=(made.queue_id,))
        )
        assert (await company_view(work)).name == "Café São João"
        assert await default_queue_id(work) == made.queue_id
        assert [queue.id for queue in await visible_queues(work, user)] == [made.queue_id]
        assert await list_users(work) == [user]
        assert await user_view(work, user.id) == user
        with pytest.raises(NotFoundError):
            await user_view(work, office.company.admin_id)
    with pytest.raises(SlugTakenError):
        async with office.domain.system() as system:
            await create_company(system, "cafe-sao joao")
    with pytest.raises(NotFoundError):
        async with office.domain.company(999) as work:
            await company_view(work)


@pytest.mark.parametrize("table", ["app_user", "company"])
async def test_who_is_switched_off_may_not_sign_in(office: Office, behind: asyncpg.Connection, table: str) -> None:
    word = "disabled" if table == "app_user" else "suspended"
    await behind.execute(f"update {table} set status = $1", word)  # noqa: S608 - one of two
    assert not (await admin(office)).may_sign_in


async def test_five_failures_lock_and_time_unlocks(office: Office, clock: FixedClock) -> None:
    user = await admin(office)
    for n in range(ALLOWED_FAILURES):
        failures = await office.do(record_failed_sign_in, user.id)
        assert (failures.locked_until is None) == (n < ALLOWED_FAILURES - 1)
    assert (await admin(office)).locked_until == clock.time + LOCKED_FOR
    clock.time += LOCKED_FOR
    assert (await office.do(record_failed_sign_in, user.id)).count == 1
    await office.do(record_sign_in, user.id)
    assert (await admin(office)).locked_until is None
    assert (await office.do(record_failed_sign_in, user.id)).count == 1
    assert await password_fits(user.password_hash, ADMIN_PASSWORD)


async def test_failures_at_the_same_time_are_all_counted(office: Office) -> None:
    user = await admin(office)
    counts = await asyncio.gather(*(office.do(record_failed_sign_in, user.id) for _ in range(ALLOWED_FAILURES)))
    assert sorted(failures.count for failures in counts) == list(range(1, ALLOWED_FAILURES + 1))


async def test_each_use_of_a_token_gives_the_next(office: Office, clock: FixedClock) -> None:
    token = await office.do(issue_token, office.company.admin_id)
    for _ in range(3):
        clock.time += timedelta(minutes=10)
        following = await rotate(office, token.token)
        assert isinstance(following, RefreshToken)
        assert (following.family, following.user_id) == (token.family, office.company.admin_id)
        token = following


async def test_two_tabs_may_refresh_at_the_same_moment(office: Office, clock: FixedClock) -> None:
    token = await office.do(issue_token, office.company.admin_id)
    results = await asyncio.gather(*(rotate(office, token.token) for _ in range(4)))
    tokens = {result.token for result in results if isinstance(result, RefreshToken)}
    assert len(tokens) == 4


async def test_a_copy_that_turns_up_later_ends_the_family(office: Office, clock: FixedClock) -> None:
    stolen = await office.do(issue_token, office.company.admin_id)
    current = await rotate(office, stolen.token)
    assert isinstance(current, RefreshToken)
    other_sign_in = await office.do(issue_token, office.company.admin_id)
    clock.time += timedelta(seconds=11)
    reused = await rotate(office, stolen.token)
    assert reused == Refused(
        reason="reused", company_id=office.company.id, user_id=office.company.admin_id, family=stolen.family
    )
    assert await rotate(office, current.token) == Refused(reason="invalid")
    assert isinstance(await rotate(office, other_sign_in.token), RefreshToken)


async def test_tokens_expire_and_can_be_given_up(office: Office, clock: FixedClock) -> None:
    first, second = [await office.do(issue_token, office.company.admin_id) for _ in range(2)]
    async with office.domain.system() as work:
        assert await revoke_token(work, first.token) == first.family
        assert await revoke_token(work, "unknown") is None
    assert await rotate(office, first.token) == Refused(reason="invalid")
    clock.time = second.expires_at
    assert await rotate(office, second.token) == Refused(reason="invalid")
    assert await rotate(office, "unknown") == Refused(reason="invalid")


async def test_no_token_is_stored(office: Office, behind: asyncpg.Connection) -> None:
    token = await office.do(issue_token, office.company.admin_id)
    [row] = await behind.fetch("select * from refresh_token")
    assert token.token not in str(dict(row))


async def test_deeds_are_recorded(office: Office, behind: asyncpg.Connection) -> None:
    await office.do(record, office.company.admin_id, "connection.removed", "42", reason="moved")
    [row] = await behind.fetch("select actor_user_id, action, subject, detail from audit_entry")
    assert tuple(row) == (office.company.admin_id, "connection.removed", "42", '{"reason": "moved"}')
