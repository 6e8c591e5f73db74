"""Companies as the operator declares, observes and purges them."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tests.integration.database import Company
from tests.integration.domain.office import JOAO, Office, written
from tests.integration.domain.session import OperatorHand

from recado_core.ids import new_id

REFUSED, PREDECESSOR = "RCD03", "RCD04"


async def provision(
    operator: OperatorHand, uid: UUID, company: int | None = None, *, slug: str = "acme", suspended: bool = False
) -> Any:
    return await operator.operator.fetchval(
        "select operator_api.provision_company($1, $2, $3, 'Acme', $4, $5, 'standard', 7, 30, 50, 'pt-BR', 'UTC')",
        uid,
        company,
        new_id(),
        slug,
        suspended,
    )


async def observe(operator: OperatorHand) -> dict[int, asyncpg.Record]:
    rows = await operator.operator.fetch("select * from operator_api.observe_companies()")
    return {row["company_id"]: row for row in rows}


async def test_a_new_company_can_work_at_once_and_is_made_once(
    operator: OperatorHand, behind: asyncpg.Connection
) -> None:
    uid = new_id()
    company = await provision(operator, uid)
    assert await provision(operator, uid) == company
    row = await behind.fetchrow("select * from company where id = $1", company)
    assert row is not None
    assert (row["slug"], row["max_connections"], row["max_agents"], row["timezone"]) == ("acme", 7, 30, "UTC")
    streams = await behind.fetch("select name from stream where company_id = $1 order by name", company)
    queue = await behind.fetchval("select id from queue where company_id = $1 and is_default", company)
    assert [stream["name"] for stream in streams] == ["company", f"queue:{queue}"]
    assert (await observe(operator))[company]["resource_uid"] == uid


async def test_two_resources_of_one_name_are_two_companies(operator: OperatorHand) -> None:
    assert await provision(operator, new_id()) != await provision(operator, new_id())


async def test_an_existing_company_is_adopted_and_follows_the_newest_resource(
    operator: OperatorHand, company: Company
) -> None:
    for uid in (new_id(), new_id()):
        assert await provision(operator, uid, company.id) == company.id
        seen = (await observe(operator))[company.id]
        assert (seen["resource_uid"], seen["agents"], seen["connections"]) == (uid, 1, 0)


async def test_a_company_that_is_not_there_cannot_be_adopted(operator: OperatorHand) -> None:
    with pytest.raises(asyncpg.PostgresError, match=r"no company 999\. Correct spec\.companyID") as refusal:
        await provision(operator, new_id(), 999)
    assert refusal.value.sqlstate == REFUSED


async def test_a_suspended_company_lets_nobody_sign_in(
    operator: OperatorHand, company: Company, behind: asyncpg.Connection
) -> None:
    uid = new_id()
    await provision(operator, uid, company.id, suspended=True)
    assert await behind.fetchval("select status from company where id = $1", company.id) == "suspended"
    await provision(operator, uid, company.id)
    assert await behind.fetchval("select status from company where id = $1", company.id) == "active"


async def left_over(behind: asyncpg.Connection, company: int) -> set[str]:
    tables = await behind.fetch(
        "select distinct format('%I.%I', table_schema, table_name) as name"
        " from information_schema.tables join information_schema.columns using (table_schema, table_name)"
        " where column_name = 'company_id' and table_type = 'BASE TABLE'"
    )
    counts = {
        row["name"]: await behind.fetchval(
            f"select count(*) from {row['name']} where company_id = $1",  # noqa: S608 - quoted by format('%I')
            company,
        )
        for row in tables
    }
    return {name for name, count in counts.items() if count}


async def test_a_purged_company_leaves_nothing_and_its_neighbour_everything(
    operator: OperatorHand, office: Office, behind: asyncpg.Connection
) -> None:
    await office.receive(written("bom dia"))
    neighbour = await provision(operator, new_id())
    await operator.operator.execute("select operator_api.purge_company($1)", office.company.id)
    assert await left_over(behind, office.company.id) == set()
    assert await left_over(behind, neighbour) == {"public.queue", "public.stream"}
    assert set(await observe(operator)) == {neighbour}
    role = f"wa_{office.connection_id.hex}"
    assert await behind.fetch("select from pg_roles where rolname = $1", role) == []


async def test_a_purged_connection_takes_its_conversations_and_leaves_the_others(
    operator: OperatorHand, office: Office, behind: asyncpg.Connection
) -> None:
    await office.receive(written("bom dia"))
    other = await operator.declare(office.company, name="other")
    await behind.execute("update message set connection_id = $1", other)
    await behind.execute("update ticket set connection_id = $1", other)
    await office.receive(written("boa tarde", chat=JOAO), written("oi"))
    assert await behind.fetchval("select count(*) from ticket") == 3
    for _ in range(2):
        await operator.operator.execute("select operator_api.purge_connection($1)", office.connection_id)
    for table in ("ticket", "message"):
        left = await behind.fetch(f"select connection_id from {table}")  # noqa: S608 - as above
        assert [row["connection_id"] for row in left] == [other]
    assert await behind.fetchval("select array_agg(phone) from contact") == ["+5511999990001"]
    assert await behind.fetchval("select deleted_at is not null from connection where id = $1", office.connection_id)


async def retain(operator: OperatorHand, connection: UUID) -> None:
    await operator.operator.execute("select operator_api.retain_connection($1)", connection)


async def declare(operator: OperatorHand, company: Company, connection: UUID, name: str = "sales") -> Any:
    return await operator.operator.fetchval(
        "select operator_api.declare_connection($1, $2, $3, 'Sales', 'kubectl', false)", company.id, connection, name
    )


async def test_a_retained_connection_keeps_its_device_and_nobody_writes(operator: OperatorHand, office: Office) -> None:
    await office.session.call("linked", "5511888880000:3@s.whatsapp.net", None, "android")
    for _ in range(2):
        await retain(operator, office.connection_id)
    [row] = await operator.operator.fetch("select * from operator_api.observe()")
    assert (row["retained"], row["jid"], row["phone"]) == (True, "5511888880000:3@s.whatsapp.net", "+5511888880000")
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await office.session.call("hello")
    assert await declare(operator, office.company, office.connection_id) == f"wa_{office.connection_id.hex}"
    [row] = await operator.operator.fetch("select * from operator_api.observe()")
    assert not row["retained"]


async def test_the_next_connection_of_its_name_inherits_the_device_and_the_conversations(
    operator: OperatorHand, office: Office, behind: asyncpg.Connection
) -> None:
    await office.session.call("linked", "5511888880000:3@s.whatsapp.net", None, "android")
    await office.session.call("hello")
    await office.session.database.execute("create table device_keys as select 42 as key")
    await office.receive(written("bom dia"))
    await retain(operator, office.connection_id)
    heir = new_id()
    for _ in range(2):
        assert await declare(operator, office.company, heir) == f"wa_{heir.hex}"
    [row] = await operator.operator.fetch("select * from operator_api.observe()")
    assert (row["connection_id"], row["jid"], row["epoch"]) == (heir, "5511888880000:3@s.whatsapp.net", 0)
    session = await operator.take_over(heir)
    assert (await session.call("hello"))[0]["jid"] == row["jid"]
    assert await session.database.fetchval("select key from device_keys") == 42
    assert await behind.fetchval("select array_agg(distinct connection_id) from ticket") == [heir]
    assert await behind.fetchval("select array_agg(distinct connection_id) from message") == [heir]
    gone = await behind.fetchval("select deleted_at is not null from connection where id = $1", office.connection_id)
    assert gone


async def test_who_inherits_from_a_connection_that_never_had_a_session_starts_anew(
    operator: OperatorHand, company: Company
) -> None:
    await retain(operator, await operator.declare(company))
    heir = new_id()
    assert await declare(operator, company, heir) == f"wa_{heir.hex}"
    [row] = await operator.operator.fetch("select * from operator_api.observe()")
    assert (row["connection_id"], row["jid"], row["epoch"]) == (heir, None, 0)
    assert len(await (await operator.take_over(heir)).call("hello")) == 1


async def test_who_finds_the_name_taken_waits_until_the_other_one_is_retained(
    operator: OperatorHand, office: Office
) -> None:
    await office.session.call("linked", "5511888880000:3@s.whatsapp.net", None, "android")
    heir = new_id()
    with pytest.raises(asyncpg.PostgresError, match="still being stopped") as patience:
        await declare(operator, office.company, heir)
    assert patience.value.sqlstate == PREDECESSOR
    assert len(await office.session.call("hello")) == 1
    await retain(operator, office.connection_id)
    await declare(operator, office.company, heir)
    [row] = await operator.operator.fetch("select connection_id, jid from operator_api.observe()")
    assert tuple(row) == (heir, "5511888880000:3@s.whatsapp.net")


async def test_nobody_inherits_under_another_name(operator: OperatorHand, office: Office) -> None:
    await office.session.call("linked", "5511888880000:3@s.whatsapp.net", None, "android")
    await retain(operator, office.connection_id)
    heir = new_id()
    await declare(operator, office.company, heir, "other")
    rows = await operator.operator.fetch("select connection_id, jid from operator_api.observe()")
    devices = {row["connection_id"]: row["jid"] for row in rows}
    assert devices == {heir: None, office.connection_id: "5511888880000:3@s.whatsapp.net"}


async def test_a_connection_cannot_be_declared_into_another_company(operator: OperatorHand, office: Office) -> None:
    other = await provision(operator, new_id())
    with pytest.raises(asyncpg.PostgresError, match="belongs to another company") as refusal:
        await operator.operator.fetchval(
            "select operator_api.declare_connection($1, $2, 'sales', 'Sales', 'kubectl', false)",
            other,
            office.connection_id,
        )
    assert refusal.value.sqlstate == REFUSED
