"""At most one session can write for a connection: the old one has neither password, nor backend, nor epoch."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest
from tests.integration.database import Company, Database
from tests.integration.domain.session import GONE, OperatorHand, Session

from recado_domain.provision import connect

pytestmark = pytest.mark.every_postgres


async def test_hello_tells_the_session_whom_it_serves(session: Session, company: Company) -> None:
    [told] = await session.call("hello")
    assert tuple(told) == (company.id, session.connection_id, "sales", None, False, False)


async def test_a_call_with_another_epoch_is_refused(session: Session) -> None:
    for epoch in (session.epoch - 1, session.epoch + 1, None):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await session.database.fetch("select * from session_api.hello($1)", epoch)
        assert refused.value.sqlstate == "RCD01"


@pytest.mark.parametrize(
    ("call", "values"),
    [
        ("hello", ()),
        ("ingest", ([], [], [], [])),
        ("claim_outbound", (1,)),
        ("unresolved_outbound", ()),
        ("report_outbound", (uuid4(), "sent", None, None, None)),
        ("heartbeat", ("online", "", "{}")),
        ("publish_qr", ("2@x", None, 1)),
        ("linked", ("1@s.whatsapp.net", None, None)),
        ("ended", ("failed", "", 75)),
    ],
)
async def test_every_function_checks_the_epoch(
    session: Session, behind: asyncpg.Connection, call: str, values: tuple[object, ...]
) -> None:
    await behind.execute("update session_lease set epoch = epoch + 1")
    with pytest.raises(asyncpg.PostgresError, match="stop at once") as refused:
        await session.call(call, *values)
    assert refused.value.sqlstate == "RCD01"


async def test_take_over_ends_the_old_session_for_good(operator: OperatorHand, session: Session) -> None:
    await session.call("hello")
    await session.database.execute("create table engine_store (x int)")
    newer = await operator.take_over(session.connection_id, session.epoch)
    assert newer.epoch == session.epoch + 1
    with pytest.raises(GONE):
        await session.call("hello")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(session.settings)
    assert len(await newer.call("hello")) == 1
    assert await newer.database.fetch("select * from engine_store") == []


async def test_nobody_may_act_as_a_session_also_after_its_backends_were_ended(
    operator: OperatorHand, session: Session, behind: asyncpg.Connection
) -> None:
    query = "select rolname from pg_roles where pg_has_role(rolname, $1, 'usage') and not rolsuper"
    role = f"wa_{session.connection_id.hex}"
    for _ in range(2):
        assert await behind.fetchval(f"select array({query})", role) == [role]
        await operator.operator.execute("select operator_api.fence($1)", session.connection_id)


async def test_nobody_acts_as_a_maker_of_roles_but_by_the_functions_of_the_operator(database: Database) -> None:
    statement = "select session_makers.recado_maker_0('drop role recado_app')"
    for settings in (database.operator, database.app):
        other = await connect(settings)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await other.execute(statement)
        await other.close()
    owner = await connect(database.owner)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("set role recado_maker_0")
    await owner.close()


async def test_what_was_never_started_has_nothing_to_fence(
    operator: OperatorHand, company: Company, behind: asyncpg.Connection
) -> None:
    connection_id = await operator.declare(company)
    await operator.operator.execute("select operator_api.fence($1)", connection_id)
    role = f"wa_{connection_id.hex}"
    assert not await behind.fetchval("select exists (select from pg_roles where rolname = $1)", role)
    assert len(await (await operator.take_over(connection_id)).call("hello")) == 1


async def test_a_hung_transaction_cannot_hold_a_take_over_up(operator: OperatorHand, session: Session) -> None:
    transaction = session.database.transaction()
    await transaction.start()
    await session.call("ingest", ["k"], ["message"], [b"late"], [datetime.now(UTC)])
    newer = await asyncio.wait_for(operator.take_over(session.connection_id, session.epoch), 10)
    rows = await operator.operator.fetch("select epoch from operator_api.observe()")
    assert [row["epoch"] for row in rows] == [newer.epoch]


async def test_of_two_operators_one_wins(operator: OperatorHand, company: Company) -> None:
    connection_id = await operator.declare(company)
    hands = [await operator.open(operator.whole.operator) for _ in range(8)]
    query = "select operator_api.take_over($1, 0, 'secret')"
    epochs = await asyncio.gather(*(hand.fetchval(query, connection_id) for hand in hands))
    assert sorted(epochs, key=str) == [1, *[None] * 7]


async def test_a_backend_that_slipped_in_is_ended_by_hello(
    operator: OperatorHand, session: Session, behind: asyncpg.Connection
) -> None:
    sneaked = await operator.open(session.settings)
    await behind.execute("update session_lease set started_at = clock_timestamp()")
    newer = await operator.open(session.settings)
    await newer.fetch("select * from session_api.hello($1)", session.epoch)
    with pytest.raises(GONE):
        await sneaked.fetch("select 1")


async def test_fence_leaves_no_way_back(operator: OperatorHand, session: Session) -> None:
    await operator.operator.execute("select operator_api.fence($1)", session.connection_id)
    with pytest.raises(GONE):
        await session.call("hello")
    with pytest.raises(asyncpg.PostgresError):
        await connect(session.settings)


async def test_a_session_can_do_nothing_but_call_its_functions(session: Session, behind: asyncpg.Connection) -> None:
    tables = await behind.fetch("select tablename from pg_tables where schemaname = 'public'")
    for table in tables:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.database.fetch(f"select * from public.{table['tablename']}")  # noqa: S608 - from the catalogue
    for forbidden in (
        "select * from operator_api.observe()",
        "select * from operator_api.observe(gen_random_uuid())",
        "select session_api.append_state(null, 'online', '')",
        "create temp table escape (x int)",
        "create table public.escape (x int)",
        "create table session_api.escape (x int)",
        "set role recado_owner",
        "set role recado_app",
        "set role recado_system",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await session.database.execute(forbidden)
    await session.call("hello")
    await session.database.execute("create table engine_store (x int)")
    assert (
        await behind.fetchval("select schemaname from pg_tables where tablename = 'engine_store'")
        == f"wa_{session.connection_id.hex}"
    )


async def test_one_connection_is_seen_as_among_all(operator: OperatorHand, session: Session) -> None:
    age = "heartbeat_age_seconds"
    [among] = await operator.operator.fetch("select * from operator_api.observe()")
    [alone] = await operator.operator.fetch("select * from operator_api.observe($1)", session.connection_id)
    assert {**alone, age: None} == {**among, age: None}
    assert await operator.operator.fetch("select * from operator_api.observe(gen_random_uuid())") == []


async def test_the_operator_sees_no_table(database: Database, operator: OperatorHand) -> None:
    for forbidden in ("select * from public.message", "select session_api.hello(1)", "set role recado_owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await operator.operator.execute(forbidden)


async def test_removal_takes_role_schema_and_lease(
    operator: OperatorHand, session: Session, behind: asyncpg.Connection
) -> None:
    await session.call("hello")
    await session.database.execute("create table engine_store (x int)")
    for _ in range(2):
        await operator.operator.execute("select operator_api.remove_connection($1)", session.connection_id)
    name = f"wa_{session.connection_id.hex}"
    assert not await behind.fetchval("select exists (select from pg_roles where rolname = $1)", name)
    assert not await behind.fetchval("select exists (select from pg_namespace where nspname = $1)", name)
    assert await operator.operator.fetch("select * from operator_api.observe()") == []
    assert await behind.fetchval("select deleted_at is not null from connection")
    assert (
        await operator.operator.fetchval(
            "select operator_api.declare_connection($1, $2, 'sales', 'Sales', 'kubectl', false)",
            await behind.fetchval("select company_id from connection"),
            session.connection_id,
        )
        is None
    )
