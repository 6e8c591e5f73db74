"""What a batch of the inbox costs: the same few round trips whatever its size. BEGIN and COMMIT count."""

import asyncio

import asyncpg
import pytest
from sqlalchemy import event
from tests.integration.domain.office import JOAO, Office, echo, receipt, waiting, written

from recado_core.engine.wire import EngineEvent, Unsupported
from recado_domain.messages.queries import message_view
from recado_domain.tickets.actions import close

PLAIN = 7
"""BEGIN; company and lock; rows; what they touch; what became of it; events; COMMIT."""

MIXED = 17
"""Also: meeting somebody new with a new ticket, early receipts, and messages and tickets that are read for events."""


@pytest.fixture
async def statements(office: Office) -> list[str]:
    """Every round trip that SQLAlchemy makes from now on, once everybody knows Maria."""
    await office.receive(written("known"))
    seen: list[str] = []
    engine = office.domain.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    event.listen(engine, "begin", lambda _: seen.append("begin"))
    event.listen(engine, "commit", lambda _: seen.append("commit"))
    return seen


async def cost_of(office: Office, statements: list[str], *events: EngineEvent) -> list[str]:
    statements.clear()
    assert (await office.receive(*events, careful=False)).done == len(events)
    return list(statements)


@pytest.mark.parametrize("size", [1, 3, 10])
async def test_plain_messages(office: Office, statements: list[str], size: int) -> None:
    """A lone one costs seven; from three on it is below three for each. What is told is what would have been read."""
    async with office.verified():
        cost = await cost_of(office, statements, *(written(f"{n}") for n in range(size)))
    assert len(cost) == PLAIN, cost


@pytest.mark.parametrize("size", [10, 200])
async def test_mixed_batches(office: Office, statements: list[str], size: int) -> None:
    answer = await office.reply(await office.ticket())
    [claimed] = await office.claim()
    await office.report(claimed["outbox_id"], "sent", "3EB0OURS")
    others: list[EngineEvent] = [
        receipt("read", "3EB0OURS"),
        receipt("delivered", "3EB0EARLY"),
        written(Unsupported("image")),
        waiting("3EB0WAITS"),
        echo("from the phone"),
        written("new here", chat=JOAO, push_name="João"),
    ]
    plain = [written(f"{n}") for n in range(size - len(others))]
    cost = await cost_of(office, statements, *others, *plain)
    assert len(cost) <= MIXED, cost
    assert (await office.do(message_view, answer.message.id)).state == "read"


async def test_a_message_waits_for_the_answer_that_is_being_written(office: Office, behind: asyncpg.Connection) -> None:
    """What is read under the ticket's lock is what the other one left, not what was there before the waiting."""
    await office.receive(written("first"))
    async with behind.transaction():
        await behind.execute("update ticket set message_count = 7, unread_count = 5")
        receiving = asyncio.create_task(office.receive(written("second")))
        await wait_for_lock(behind)
    await receiving
    assert [message.seq for message in await office.messages()] == [1, 8]
    assert (await office.ticket()).unread_count == 6


async def test_a_message_that_waits_for_the_closing_opens_a_new_ticket(
    office: Office, behind: asyncpg.Connection
) -> None:
    await office.receive(written("first"))
    async with behind.transaction():
        await behind.execute("update ticket set status = 'closed', closed_at = now()")
        receiving = asyncio.create_task(office.receive(written("second")))
        await wait_for_lock(behind)
    await receiving
    assert sorted(ticket.status for ticket in await office.tickets()) == ["closed", "pending"]


async def test_strangers_are_met_before_any_ticket_is_locked(office: Office, behind: asyncpg.Connection) -> None:
    """Merging locks tickets of other connections: whoever waits to merge must not hold what another may wait for."""
    await office.receive(written("known"))
    async with behind.transaction():
        await behind.execute("select pg_advisory_xact_lock(hashtextextended('recado:contacts', $1))", office.company.id)
        receiving = asyncio.create_task(office.receive(written("again"), written("new", chat=JOAO)))
        await wait_for_lock(behind)
        await office.do(close, (await office.ticket()).id)
    await receiving
    assert sorted(ticket.status for ticket in await office.tickets()) == ["closed", "pending", "pending"]


async def wait_for_lock(behind: asyncpg.Connection) -> None:
    """Until somebody waits for what `behind` holds."""
    blocked = (
        "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')"
    )
    async with asyncio.timeout(10):
        while not await behind.fetchval(blocked):
            await behind.execute("select pg_stat_clear_snapshot()")  # a transaction looks once
