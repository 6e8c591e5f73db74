"""Whoever asks the pool gets a connection that answers, and pays for asking it only when it was idle."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection
from tests.integration.domain.office import Office

from recado_domain import liveness

ENDED = (
    "select bool_and(pg_terminate_backend(pid, 5000)) from pg_stat_activity "
    "where datname = current_database() and usename = 'recado_app'"
)
BACKEND = text("select pg_backend_pid()")


async def backend(office: Office) -> int:
    async with office.domain.company(office.company.id) as work:
        return int((await work.execute(BACKEND)).scalar_one())


@pytest.fixture
def pinged(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The connections that were asked whether they live."""
    asked: list[Any] = []
    ping: Callable[[Any], None] = AsyncAdapt_asyncpg_connection.ping

    def noted(connection: Any) -> None:
        asked.append(connection)
        ping(connection)

    monkeypatch.setattr(AsyncAdapt_asyncpg_connection, "ping", noted)
    return asked


async def test_one_in_use_is_not_asked(office: Office, pinged: list[Any]) -> None:
    assert await backend(office) == await backend(office)
    assert pinged == []


async def test_one_that_was_closed_is_replaced(office: Office, behind: asyncpg.Connection) -> None:
    before = await backend(office)
    assert await behind.fetchval(ENDED)
    assert await backend(office) != before


async def test_an_idle_one_is_asked(office: Office, pinged: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    before = await backend(office)
    monkeypatch.setattr(liveness, "IDLE_SECONDS", -1.0)
    assert await backend(office) == before
    assert len(pinged) == 1


async def test_an_idle_one_that_does_not_answer_is_replaced(
    office: Office, behind: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end did not reach us: the socket still looks open."""
    before = await backend(office)
    assert await behind.fetchval(ENDED)
    monkeypatch.setattr(asyncpg.Connection, "is_closed", lambda _: False)
    monkeypatch.setattr(liveness, "IDLE_SECONDS", -1.0)
    assert await backend(office) != before
