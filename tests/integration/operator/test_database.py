"""The operator's hand in the database: it takes over once, fences for good, and tells a refusal from an outage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace
from tests.integration.database import Company, Database

from recado_core.ids import new_id
from recado_core.resources.company import Company as CompanyResource
from recado_core.resources.company import CompanySpec
from recado_core.resources.connection import CompanyReference, Pairing, WhatsAppConnection, WhatsAppConnectionSpec
from recado_core.resources.metadata import MANAGED_BY_LABEL, CompanyMetadata, ConnectionMetadata
from recado_domain.provision import connect
from recado_operator.database import LeaseDatabase, role_name
from recado_operator.ports import DatabaseUnavailableError, DeclarationRefusedError, PredecessorError
from recado_operator.world import ObservedSession

pytestmark = pytest.mark.every_postgres

Behind = asyncpg.Connection


@pytest.fixture
async def leases(database: Database) -> AsyncIterator[LeaseDatabase]:
    async with LeaseDatabase(database.operator) as opened:
        yield opened


@pytest.fixture
async def behind(database: Database) -> AsyncIterator[Behind]:
    connection = await connect(database.admin)
    yield connection
    await connection.close()


@pytest.fixture
def resource(company: Company) -> WhatsAppConnection:
    metadata = ConnectionMetadata(name="support", uid=new_id(), labels={MANAGED_BY_LABEL: "helm"})
    spec = WhatsAppConnectionSpec(company_ref=CompanyReference(name="loja"), display_name="Support")
    return WhatsAppConnection(metadata=metadata, spec=spec)


@pytest.fixture
async def declared(leases: LeaseDatabase, resource: WhatsAppConnection, company: Company) -> UUID:
    assert resource.metadata.uid is not None
    await leases.declare(resource, company.id, resource.metadata.uid)
    return resource.metadata.uid


async def only(leases: LeaseDatabase) -> ObservedSession:
    [seen] = await leases.list()
    return seen


async def may_log_in(database: Database, connection_id: UUID, password: str) -> bool:
    try:
        session = await connect(database.as_role(role_name(connection_id), password))
    except asyncpg.PostgresError:
        return False
    await session.close()
    return True


async def test_what_is_declared_is_observed(leases: LeaseDatabase, declared: UUID, company: Company) -> None:
    assert await only(leases) == ObservedSession(company_id=company.id, connection_id=declared, name="support")


async def test_the_phone_of_a_code_is_written_down_and_taken_back(
    leases: LeaseDatabase, behind: Behind, declared: UUID, resource: WhatsAppConnection, company: Company
) -> None:
    by_code = replace(resource.spec, phone_number="+5511999990000", pairing=Pairing(method="PairingCode"))
    for spec, phone in ((by_code, "+5511999990000"), (replace(by_code, pairing=Pairing()), None)):
        await leases.declare(replace(resource, spec=spec), company.id, declared)
        assert await behind.fetchval("select pairing_phone from connection") == phone


async def test_who_manages_it_is_written_down(behind: Behind, declared: UUID) -> None:
    assert await behind.fetchval("select managed_by from connection") == "helm"


async def test_the_new_password_opens_and_the_old_one_does_not(
    leases: LeaseDatabase, database: Database, declared: UUID
) -> None:
    assert await leases.take_over(declared, 0, "first") == 1
    assert await may_log_in(database, declared, "first")
    assert await leases.take_over(declared, 1, "second") == 2
    assert [await may_log_in(database, declared, word) for word in ("first", "second")] == [False, True]


async def test_a_slower_operator_takes_nothing_over(leases: LeaseDatabase, database: Database, declared: UUID) -> None:
    assert await leases.take_over(declared, 0, "faster") == 1
    assert await leases.take_over(declared, 0, "slower") is None
    assert [await may_log_in(database, declared, word) for word in ("faster", "slower")] == [True, False]
    assert (await only(leases)).epoch == 1


async def test_what_is_fenced_cannot_log_in(leases: LeaseDatabase, database: Database, declared: UUID) -> None:
    await leases.take_over(declared, 0, "first")
    await leases.fence(declared)
    assert not await may_log_in(database, declared, "first")


async def test_states_and_exits_count_for_their_epoch_only(leases: LeaseDatabase, declared: UUID) -> None:
    await leases.take_over(declared, 0, "first")
    await leases.report_state(declared, 1, "failed", "session_settings")
    await leases.record_exit(declared, 1, 78)
    await leases.report_state(declared, 0, "reconnecting", "late")
    await leases.record_exit(declared, 0, 1)
    seen = await only(leases)
    assert (seen.state, seen.reason, seen.exit_code) == ("failed", "session_settings", 78)


async def test_a_state_that_is_told_twice_is_one_event(leases: LeaseDatabase, declared: UUID, behind: Behind) -> None:
    before = await behind.fetchval("select count(*) from inbox_event")
    for _ in range(2):
        await leases.report_state(declared, 0, "stopped", "paused")
    assert await behind.fetchval("select count(*) from inbox_event") == before + 1


async def test_who_follows_another_of_its_name_waits_for_it(
    leases: LeaseDatabase, declared: UUID, resource: WhatsAppConnection, company: Company
) -> None:
    follower = new_id()
    with pytest.raises(PredecessorError, match="This one follows it"):
        await leases.declare(resource, company.id, follower)
    await leases.retain(declared)
    await leases.declare(resource, company.id, follower)
    assert (await only(leases)).connection_id == follower


async def test_an_heir_goes_on_with_a_role_that_another_maker_made(
    leases: LeaseDatabase, database: Database, declared: UUID, resource: WhatsAppConnection, company: Company
) -> None:
    heir = UUID(int=declared.int ^ 1)
    await leases.take_over(declared, 0, "first")
    await leases.retain(declared)
    await leases.declare(resource, company.id, heir)
    assert await leases.take_over(heir, 0, "second") == 1
    assert await may_log_in(database, heir, "second")
    await leases.remove(heir, purge=False)
    assert not await may_log_in(database, heir, "second")


@pytest.mark.parametrize(
    "change",
    [
        "update session_lease set epoch = 1",
        "update session_lease set state = 'qr'",
        "update session_lease set reason = 'scan_the_code'",
        "update session_lease set exit_code = 75",
        "update session_lease set heartbeat_at = clock_timestamp() - interval '31 seconds'",
        "update connection set jid = '5511999990000@s.whatsapp.net'",
        "update connection set phone = '+5511999990000'",
        "update connection set paused = true",
        "update connection set pairing_requested_at = now()",
        "update connection set orphaned_at = now()",
        "update connection set deleted_at = now()",
    ],
)
async def test_a_fingerprint_changes_with_what_is_observed(
    leases: LeaseDatabase, declared: UUID, behind: Behind, change: str
) -> None:
    silence = timedelta(seconds=30)
    await behind.execute("update session_lease set heartbeat_at = clock_timestamp()")
    before = await leases.fingerprints(silence)
    assert before.keys() == {declared}
    await behind.execute("update session_lease set heartbeat_at = heartbeat_at - interval '5 seconds'")
    assert await leases.fingerprints(silence) == before
    await behind.execute(change)
    assert await leases.fingerprints(silence) != before


async def test_a_company_that_is_not_there_is_refused(leases: LeaseDatabase, resource: WhatsAppConnection) -> None:
    with pytest.raises(DeclarationRefusedError, match="There is no company 999999"):
        await leases.declare(resource, 999_999, new_id())
    assert await leases.list() == []


async def test_what_was_removed_does_not_come_back(
    leases: LeaseDatabase, database: Database, resource: WhatsAppConnection, declared: UUID, company: Company
) -> None:
    await leases.take_over(declared, 0, "first")
    for _ in range(2):
        await leases.remove(declared, purge=False)
    assert await leases.list() == []
    assert not await may_log_in(database, declared, "first")
    with pytest.raises(DeclarationRefusedError, match=r"Delete metadata\.uid"):
        await leases.declare(resource, company.id, declared)


async def test_what_is_no_refusal_is_raised_as_it_is(
    leases: LeaseDatabase, resource: WhatsAppConnection, company: Company
) -> None:
    nameless = replace(resource, metadata=replace(resource.metadata, name=""))
    with pytest.raises(asyncpg.CheckViolationError):
        await leases.declare(nameless, company.id, new_id())


async def test_it_comes_back_after_its_backends_were_ended(
    leases: LeaseDatabase, declared: UUID, behind: Behind
) -> None:
    await behind.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'recado_operator'")
    with suppress(DatabaseUnavailableError):  # the first call may meet a dead one
        await leases.list()
    assert (await only(leases)).connection_id == declared


async def test_a_call_that_the_server_ends_is_an_outage(leases: LeaseDatabase, behind: Behind) -> None:
    async with behind.transaction():
        await behind.execute("lock table session_lease in access exclusive mode")
        asking = asyncio.create_task(leases.list())
        await ended(behind)
    with pytest.raises(DatabaseUnavailableError):
        await asking


async def ended(behind: Behind) -> None:
    """The operator's call that waits for a lock, as an administrator or a failover ends it."""
    waiting = "select pg_cancel_backend(pid) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'"
    async with asyncio.timeout(10):
        while not await behind.fetch(waiting, "recado_operator"):
            await behind.execute("select pg_stat_clear_snapshot()")  # a transaction looks once


async def test_a_retained_connection_waits_and_is_told_to_leave_once(leases: LeaseDatabase, declared: UUID) -> None:
    await leases.retain(declared)
    await leases.request_logout(declared)
    seen = await only(leases)
    assert (seen.state, seen.reason, seen.retained) == ("stopped", "retained", True)


def a_company(display_name: str = "Acme", company_id: int | None = None) -> CompanyResource:
    metadata = CompanyMetadata(name="acme", uid=new_id())
    return CompanyResource(metadata=metadata, spec=CompanySpec(display_name=display_name, company_id=company_id))


async def test_a_company_is_provisioned_observed_and_purged(leases: LeaseDatabase) -> None:
    resource = a_company()
    assert resource.metadata.uid is not None
    assert await leases.observe_company(resource.metadata.uid) is None
    company_id = await leases.provision(resource)
    seen = await leases.observe_company(resource.metadata.uid)
    assert seen is not None
    assert (seen.company_id, seen.agents, seen.connections) == (company_id, 0, 0)
    await leases.purge_company(company_id)
    assert await leases.observe_company(resource.metadata.uid) is None


async def test_a_company_that_is_not_there_cannot_be_adopted(leases: LeaseDatabase) -> None:
    with pytest.raises(DeclarationRefusedError, match=r"Correct spec\.companyID"):
        await leases.provision(a_company(company_id=999))


async def test_a_text_that_cannot_be_kept_is_refused(
    leases: LeaseDatabase, resource: WhatsAppConnection, company: Company
) -> None:
    with pytest.raises(DeclarationRefusedError, match="cannot keep a text"):
        await leases.provision(a_company("Ac\0me"))
    named = replace(resource, spec=replace(resource.spec, display_name="Sup\0port"))
    with pytest.raises(DeclarationRefusedError, match="cannot keep a text"):
        await leases.declare(named, company.id, new_id())


async def test_of_many_first_admins_one_is_made_and_nobody_is_changed(leases: LeaseDatabase, behind: Behind) -> None:
    company_id = await leases.provision(a_company())
    emails = [f"ana-{number}@example.com" for number in range(5)]
    answers = await asyncio.gather(
        *(leases.make_first_admin(company_id, email, f"hash of {email}") for email in emails)
    )
    assert sorted(answers) == ["created", *["has_people"] * 4]
    [person] = await behind.fetch("select email, role, status, password_hash from app_user")
    winner = emails[answers.index("created")]
    assert tuple(person) == (winner, "admin", "active", f"hash of {winner}")
    other = await leases.provision(a_company())
    assert await leases.make_first_admin(other, winner.upper(), "another hash") == "email_taken"
    with pytest.raises(DeclarationRefusedError, match="no company 999"):
        await leases.make_first_admin(999, "bia@example.com", "a hash")
    assert await behind.fetchval("select password_hash from app_user") == f"hash of {winner}"
