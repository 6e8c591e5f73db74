"""A retained connection after its time: what could speak to WhatsApp goes, the conversations stay."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from tests.integration.domain.office import Office, written
from tests.integration.domain.session import OperatorHand

from recado_core.ids import new_id
from recado_local.resources.declarations import FolderDeclarations
from recado_local.resources.folder import FolderResources
from recado_operator.database import LeaseDatabase
from recado_operator.retention import Retention

pytestmark = pytest.mark.every_postgres

MONTH = timedelta(days=30)
JID = "5511888880000:3@s.whatsapp.net"


@pytest.fixture
async def leases(operator: OperatorHand) -> AsyncIterator[LeaseDatabase]:
    async with LeaseDatabase(operator.whole.operator) as opened:
        yield opened


@pytest.fixture
async def retained(office: Office, leases: LeaseDatabase) -> UUID:
    """Linked, with keys and a conversation; its resource has just gone."""
    await office.session.call("linked", JID, None, "android")
    await office.session.call("hello")
    await office.session.database.execute("create table device_keys as select 42 as key")
    await office.receive(written("bom dia"))
    await leases.retain(office.connection_id)
    return office.connection_id


def retention(leases: LeaseDatabase, folder: Path, days: int = MONTH.days) -> Retention:
    return Retention(FolderDeclarations(FolderResources(folder)), leases, days)


async def let_pass(behind: asyncpg.Connection, passed: timedelta) -> None:
    """The database's clock cannot be moved, so what it wrote down moves into the past."""
    await behind.execute("update connection set orphaned_at = orphaned_at - $1::interval", passed)


async def declare(operator: OperatorHand, office: Office, connection: UUID) -> str | None:
    name: str | None = await operator.operator.fetchval(
        "select operator_api.declare_connection($1, $2, 'sales', 'Sales', 'kubectl', false)",
        office.company.id,
        connection,
    )
    return name


async def left_of(behind: asyncpg.Connection, connection: UUID) -> tuple[int, int, int]:
    """How many roles, schemas and leases it has."""
    name = f"wa_{connection.hex}"
    row = await behind.fetchrow(
        "select (select count(*) from pg_roles where rolname = $1), (select count(*) from pg_namespace where "
        "nspname = $1), (select count(*) from session_lease where connection_id = $2)",
        name,
        connection,
    )
    assert row is not None
    return row[0], row[1], row[2]


async def test_after_its_time_keys_role_and_lease_go_and_conversations_stay(
    office: Office, leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID, tmp_path: Path
) -> None:
    await let_pass(behind, MONTH - timedelta(minutes=1))
    assert await retention(leases, tmp_path).collect() == []
    assert await left_of(behind, retained) == (1, 1, 1)
    await let_pass(behind, timedelta(minutes=1))
    rounds = [await retention(leases, tmp_path).collect() for _ in range(2)]
    assert rounds == [[retained], []]
    assert await left_of(behind, retained) == (0, 0, 0)
    [message] = await office.messages()
    assert message.text == "bom dia"
    assert (await office.ticket()).connection_id == retained


async def test_people_learn_that_it_is_gone_and_must_be_unlinked_on_the_phone(
    office: Office, leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID, tmp_path: Path
) -> None:
    await office.do(office.project)
    await let_pass(behind, MONTH)
    async with office.verified():
        assert await retention(leases, tmp_path).collect() == [retained]
        await office.do(office.project)
    row = await behind.fetchrow("select state_reason, jid, deleted_at from connection where id = $1", retained)
    assert row is not None
    assert (row["state_reason"], row["jid"], row["deleted_at"] is not None) == ("removed:unlink_pending", None, True)


async def test_with_no_days_it_is_kept_for_ever(
    leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID, tmp_path: Path
) -> None:
    await let_pass(behind, timedelta(days=3650))
    assert await retention(leases, tmp_path, days=0).collect() == []
    assert await left_of(behind, retained) == (1, 1, 1)


async def test_who_is_not_retained_is_never_let_go(
    office: Office, leases: LeaseDatabase, behind: asyncpg.Connection
) -> None:
    await office.session.call("hello")
    assert await leases.overdue(timedelta(0)) == []
    assert not await leases.collect(office.connection_id, timedelta(0))
    assert await left_of(behind, office.connection_id) == (1, 1, 1)


@pytest.mark.parametrize("heir", [True, False], ids=["another resource of its name", "the same again"])
async def test_taken_up_in_time_it_goes_on_with_its_device_and_its_time_begins_anew(  # noqa: PLR0913, PLR0917 - each is looked at
    office: Office,
    operator: OperatorHand,
    leases: LeaseDatabase,
    behind: asyncpg.Connection,
    retained: UUID,
    heir: bool,  # noqa: FBT001
) -> None:
    await let_pass(behind, MONTH - timedelta(minutes=1))
    again = new_id() if heir else retained
    assert await declare(operator, office, again) == f"wa_{again.hex}"
    await let_pass(behind, MONTH)
    assert await leases.overdue(MONTH) == []
    seen = await leases.observe(again)
    assert seen is not None
    assert (seen.linked, seen.retained) == (True, False)
    session = await operator.take_over(again, seen.epoch)
    assert await session.database.fetchval("select key from device_keys") == 42
    await leases.retain(again)
    assert await leases.overdue(timedelta(days=1)) == []
    await let_pass(behind, MONTH)
    assert [each.connection_id for each in await leases.overdue(MONTH)] == [again]


async def taken_up_at_the_last_moment(
    office: Office, operator: OperatorHand, leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID
) -> None:
    """Its time is over and it is listed; before it is let go, somebody declares it again."""
    await let_pass(behind, MONTH)
    [listed] = await leases.overdue(MONTH)
    assert (listed.connection_id, listed.linked) == (retained, True)
    await declare(operator, office, retained)
    assert not await leases.collect(retained, MONTH)
    assert await left_of(behind, retained) == (1, 1, 1)


async def test_one_that_is_taken_up_at_the_last_moment_keeps_its_device(
    office: Office, operator: OperatorHand, leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID
) -> None:
    await taken_up_at_the_last_moment(office, operator, leases, behind, retained)


async def test_its_twin_without_the_second_look_loses_the_device(
    office: Office, operator: OperatorHand, leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID
) -> None:
    await behind.execute("""
        create or replace function operator_api.collect_connection(p_connection uuid, p_retention interval)
            returns boolean language sql security definer set search_path = pg_catalog, public, pg_temp as $$
            select operator_api.remove_connection(p_connection); select true $$""")
    with pytest.raises(AssertionError):
        await taken_up_at_the_last_moment(office, operator, leases, behind, retained)
    assert await left_of(behind, retained) == (0, 0, 0)


async def test_of_two_operators_one_lets_it_go(
    leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID
) -> None:
    await let_pass(behind, MONTH)
    gone = await asyncio.gather(*(leases.collect(retained, MONTH) for _ in range(4)))
    assert sorted(gone) == [False, False, False, True]


async def test_an_heir_and_the_end_of_its_time_do_not_block_each_other(
    office: Office, operator: OperatorHand, leases: LeaseDatabase, behind: asyncpg.Connection, retained: UUID
) -> None:
    """Whichever comes first: the device is whole with the heir, or gone."""
    await let_pass(behind, MONTH)
    heir = new_id()
    gone, role = await asyncio.wait_for(
        asyncio.gather(leases.collect(retained, MONTH), declare(operator, office, heir)), 30
    )
    assert role == f"wa_{heir.hex}"
    seen = await leases.observe(heir)
    assert seen is not None
    assert seen.linked is not gone
    assert await left_of(behind, retained) == (0, 0, 0)
