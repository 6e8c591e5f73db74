"""The session's connection to PostgreSQL: what counts as "not now", and what as "not you"."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from tests.integration.session_pod import steps
from tests.integration.session_pod.process import Connection

from recado_session.database import Database, FencedError, UnavailableError
from recado_session.session_api import SessionApi

pytestmark = pytest.mark.every_postgres

_RUNNING = "select 1 from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'"


async def test_it_comes_back_after_its_backend_was_ended(connection: Connection) -> None:
    await connection.take_over()
    database = Database(connection.settings)
    api = SessionApi(database, connection.epoch)
    hello = await api.hello()
    assert (hello.company_id, hello.connection_id) == (connection.environment.company.id, connection.id)
    under_way = asyncio.create_task(database.fetch("select pg_sleep(60)"))
    await steps.until("the query runs", lambda: connection.look(_RUNNING))
    await connection.end_backends()
    with pytest.raises(UnavailableError):
        await under_way
    assert await api.hello() == hello
    await database.close()


@pytest.fixture
async def opened(connection: Connection) -> AsyncIterator[Database]:
    """The session's own connection to PostgreSQL, which stands."""
    await connection.take_over()
    database = Database(connection.settings)
    await database.fetch("select 1")
    yield database
    await database.close()


async def test_it_knows_when_the_other_side_is_gone_though_nobody_asks(
    connection: Connection, opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine is about to fail to read what WhatsApp sends."""
    monkeypatch.setattr("recado_session.database.GRACE_SECONDS", 0.3)
    opened._settings = msgspec.structs.replace(connection.settings, host=str(connection.environment.directory))
    await connection.end_backends()
    async with asyncio.timeout(5):
        await opened.lost.wait()


async def test_who_may_not_come_back_has_lost_it_at_once(
    connection: Connection, opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recado_session.database.GRACE_SECONDS", 60.0)
    await connection.operate("select operator_api.fence($1)", connection.id)
    async with asyncio.timeout(5):
        await opened.lost.wait()


async def test_a_server_that_comes_back_soon_is_no_loss(
    connection: Connection, opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recado_session.database.GRACE_SECONDS", 60.0)
    await connection.end_backends()
    await steps.until("it was noticed", lambda: asyncio.sleep(0, len(opened._doubts)))
    async with asyncio.timeout(5):
        await asyncio.gather(*opened._doubts)
    assert not opened.lost.is_set()


async def test_a_slow_answer_and_its_own_end_are_no_loss(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recado_session.database.SECONDS", 0.2)
    await connection.take_over()
    database = Database(connection.settings)
    with pytest.raises(UnavailableError):
        await database.fetch("select pg_sleep(60)")
    await database.fetch("select 1")
    await database.close()
    await asyncio.sleep(0)
    assert not database.lost.is_set()


async def test_a_server_that_is_not_there_is_unavailable(connection: Connection) -> None:
    nowhere = msgspec.structs.replace(connection.settings, host=str(connection.environment.directory))
    with pytest.raises(UnavailableError):
        await Database(nowhere).fetch("select 1")


async def test_an_old_epoch_is_fenced(connection: Connection) -> None:
    await connection.take_over()
    database = Database(connection.settings)
    with pytest.raises(FencedError):
        await SessionApi(database, connection.epoch - 1).hello()
    await database.close()


async def test_an_old_password_is_fenced(connection: Connection) -> None:
    await connection.take_over()
    old = connection.settings
    await connection.take_over()
    with pytest.raises(FencedError):
        await Database(old).fetch("select 1")


async def test_a_role_that_may_not_log_in_is_fenced(connection: Connection) -> None:
    await connection.take_over()
    await connection.operate("select operator_api.fence($1)", connection.id)
    with pytest.raises(FencedError):
        await Database(connection.settings).fetch("select 1")


async def test_no_room_is_not_now(connection: Connection) -> None:
    await connection.take_over()
    await connection.execute(f"alter role {connection.role} connection limit 0")
    database = Database(connection.settings)
    with pytest.raises(UnavailableError, match="no room"):
        await database.fetch("select 1")
    await connection.execute(f"alter role {connection.role} connection limit 1")
    assert (await SessionApi(database, connection.epoch).hello()).connection_id == connection.id
    await database.close()


async def test_a_query_that_is_wrong_is_neither(connection: Connection) -> None:
    await connection.take_over()
    database = Database(connection.settings)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await database.fetch("select 1 / 0")
    assert len(await database.fetch("select 1")) == 1
    await database.close()


async def test_what_was_never_opened_can_be_closed(connection: Connection) -> None:
    await Database(connection.settings).close()
