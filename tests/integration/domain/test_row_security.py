"""The wall between companies: every table has it, and nobody is on the wrong side of it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from tests.integration.database import Company, Database, run_blocking, seed_company
from tests.integration.domain.office import Office, written

from recado_core.ids import new_id
from recado_domain.provision import connect

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def other(database: Database, company: Company) -> Company:
    return run_blocking(seed_company(database.owner, "Concorrente"))


@pytest.fixture
async def app(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """Logged in as the API and the workers are."""
    connection = await connect(database.app)
    yield connection
    await connection.close()


TABLES_OF_COMPANIES = """
select c.relname, c.relrowsecurity, c.relforcerowsecurity,
    (select array_agg(p.polname::text order by p.polname) from pg_policy p where p.polrelid = c.oid) as policies
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'alembic_version'
"""


async def test_every_table_is_behind_the_wall(behind: asyncpg.Connection) -> None:
    tables = await behind.fetch(TABLES_OF_COMPANIES)
    assert len(tables) >= 20
    for table in tables:
        assert table["relrowsecurity"], table["relname"]
        assert table["relforcerowsecurity"], table["relname"]
        assert table["policies"] == ["company", "everything"], table["relname"]


async def test_every_key_and_foreign_key_carries_the_company(behind: asyncpg.Connection) -> None:
    loose = await behind.fetch("""
        select conrelid::regclass::text as name, conname from pg_constraint
        where connamespace = 'public'::regnamespace and contype in ('p', 'f')
            and conrelid::regclass::text not in ('company', 'alembic_version')
            and not exists (
                select from pg_attribute
                where attrelid = conrelid and attnum = any (conkey) and attname = 'company_id')
    """)
    assert loose == []


async def test_without_a_company_there_is_nothing(
    office: Office, app: asyncpg.Connection, behind: asyncpg.Connection
) -> None:
    await office.receive(written("secret"))
    for table in await behind.fetch(TABLES_OF_COMPANIES):
        assert await app.fetch(f"select * from {table['relname']}") == []  # noqa: S608 - from the catalogue


async def test_another_company_is_not_to_be_seen(office: Office, app: asyncpg.Connection, other: Company) -> None:
    await office.receive(written("secret"))
    await app.execute("select set_config('recado.company', $1, false)", str(other.id))
    assert await app.fetch("select * from message") == []
    assert [row["id"] for row in await app.fetch("select id from company")] == [other.id]
    assert await app.execute("update ticket set unread_count = 0") == "UPDATE 0"
    assert await app.execute("delete from message") == "DELETE 0"


async def test_nothing_can_be_put_into_another_company(
    app: asyncpg.Connection, company: Company, other: Company
) -> None:
    await app.execute("select set_config('recado.company', $1, false)", str(other.id))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("insert into queue (company_id, id, name) values ($1, $2, 'Intruder')", company.id, new_id())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("update queue set company_id = $1", company.id)


async def test_the_system_role_is_entered_on_purpose_and_left_with_the_transaction(
    app: asyncpg.Connection, company: Company, other: Company
) -> None:
    async with app.transaction():
        await app.execute("set local role recado_system")
        assert len(await app.fetch("select id from company")) == 2
    assert await app.fetch("select id from company") == []


async def test_a_connection_is_declared_in_its_own_company_only(
    app: asyncpg.Connection, company: Company, other: Company
) -> None:
    await app.execute("select set_config('recado.company', $1, false)", str(other.id))
    declare = "select operator_api.declare_connection($1, $2, 'sales', 'Sales', 'recado', false)"
    with pytest.raises(asyncpg.PostgresError, match="another company") as refused:
        await app.fetchval(declare, company.id, new_id())
    assert refused.value.sqlstate == "RCD03"
    assert (await app.fetchval(declare, other.id, new_id())).startswith("wa_")
    for forbidden in ("select * from operator_api.observe()", "select session_api.hello(1)", "set role recado_owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(forbidden)


async def test_a_connection_needs_a_company(database: Database) -> None:
    operator = await connect(database.operator)
    with pytest.raises(asyncpg.PostgresError, match="There is no company 999"):
        await operator.fetchval(
            "select operator_api.declare_connection(999, $1, 'sales', 'Sales', 'kubectl', false)", new_id()
        )
    await operator.close()


async def test_functions_are_nobodys_by_default(behind: asyncpg.Connection) -> None:
    """EXECUTE is PUBLIC's unless it is taken away; a SECURITY DEFINER function without a path obeys its caller's."""
    functions = await behind.fetch("""
        select p.proname, p.prosecdef, p.proconfig, p.proacl::text as rights,
            has_function_privilege('public', p.oid, 'execute') as everybody
        from pg_proc p where p.pronamespace in ('session_api'::regnamespace, 'operator_api'::regnamespace)
    """)
    assert len(functions) > 15
    for function in functions:
        assert not function["everybody"], function["proname"]
        if function["prosecdef"]:
            assert function["proconfig"] == ["search_path=pg_catalog, public, pg_temp"], function["proname"]
