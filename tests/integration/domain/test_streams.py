"""Streams have no gaps, whoever writes, and followers that missed something get exactly that."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from tests.integration.domain.office import JOAO, Office, written

from recado_domain.broadcast import Frame
from recado_domain.housekeeping import forget
from recado_domain.streams.queries import all_heads, events_since, heads
from recado_domain.streams.rules import MAXIMUM_EVENTS, queue_stream
from recado_domain.tickets.actions import mark_read, take
from recado_domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.every_postgres


class Deaf:
    """A broadcaster whose Redis is gone."""

    async def emit(self, company_id: int, frame: Frame) -> None:
        raise ConnectionError(f"Redis is gone, {frame.stream} of {company_id} is not told")


async def test_numbers_are_gapless_and_in_the_order_of_commits(office: Office, behind: asyncpg.Connection) -> None:
    await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    await asyncio.gather(*(office.reply(ticket, f"{n}") for n in range(20)))
    frames = [frame for frame in office.recorder.frames if frame.stream.startswith("queue:")]
    in_order = sorted(frames, key=lambda frame: frame.seq)
    assert [frame.prev for frame in in_order] == [0, *[frame.seq for frame in in_order[:-1]]]
    rows = await behind.fetch(
        "select seq, type, payload ->> 'type' as inner from event where stream like 'queue:%' order by seq"
    )
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["type"] == row["inner"] for row in rows)
    assert sum(len(frame.events) for frame in frames) == len(rows)


async def test_a_rolled_back_action_leaves_no_number(office: Office) -> None:
    await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    stream = queue_stream(office.company.queue_id)
    before = await office.do(heads, [stream])

    async def change_my_mind(work: UnitOfWork) -> None:
        await take(work, ticket.id, office.company.admin_id)
        raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await office.do(change_my_mind)
    assert await office.do(heads, [stream]) == before
    assert (await office.ticket()).assignee_id is None


async def test_a_follower_gets_what_it_missed(office: Office) -> None:
    stream = queue_stream(office.company.queue_id)
    await office.receive(written("Bom dia"))
    cursor = await office.do(heads, [stream, "company"])
    await office.receive(written("Alguém aí?"), written("Oi", chat=JOAO))
    missed = await office.do(events_since, cursor, [stream, "company"])
    assert (missed.reset, missed.cursor) == (False, await office.do(heads, [stream, "company"]))
    assert missed.frames == [office.recorder.frames[-1]]
    again = await office.do(events_since, missed.cursor, [stream, "company"])
    assert (again.frames, again.reset) == ([], False)


async def test_a_follower_that_cannot_be_caught_up_is_told_to_start_afresh(
    office: Office, behind: asyncpg.Connection
) -> None:
    stream = queue_stream(office.company.queue_id)
    await office.receive(written("Bom dia"))
    now = await office.do(heads, [stream])
    for cursor, allowed in (
        ({stream: now[stream] + 1}, [stream]),  # from a database that was restored since
        ({stream: 0}, [stream, "company"]),  # a stream that it may follow now
        ({stream: 0, "company": 0}, [stream]),  # one that it may not follow any more
    ):
        assert (await office.do(events_since, cursor, allowed)).reset
    await behind.execute("delete from event where seq = 1")
    assert (await office.do(events_since, {stream: 0}, [stream])).reset


async def test_who_missed_too_much_starts_afresh(office: Office, behind: asyncpg.Connection) -> None:
    stream = queue_stream(office.company.queue_id)
    await behind.execute(
        "insert into event (company_id, stream, seq, type, payload) "
        "select $1, $2, n, 'x', '{}' from generate_series(1, $3::int) n",
        office.company.id,
        stream,
        MAXIMUM_EVENTS + 1,
    )
    await behind.execute("update stream set head = $1 where name = $2", MAXIMUM_EVENTS + 1, stream)
    assert (await office.do(events_since, {stream: 0}, [stream])).reset
    assert len((await office.do(events_since, {stream: 1}, [stream])).frames[0].events) == MAXIMUM_EVENTS


async def test_the_beacon_sees_all_heads(office: Office) -> None:
    await office.receive(written("Bom dia"))
    async with office.domain.system() as work:
        found = await all_heads(work, [office.company.id])
        assert await all_heads(work, [office.company.id + 1]) == {}
    assert found[office.company.id, queue_stream(office.company.queue_id)] == 2


async def test_a_broken_broadcaster_breaks_nothing(office: Office) -> None:
    await office.receive(written("Bom dia"))
    office.domain._broadcaster = Deaf()
    await office.do(mark_read, (await office.ticket()).id)
    assert (await office.ticket()).unread_count == 0


async def test_old_things_are_forgotten_and_young_ones_kept(office: Office, behind: asyncpg.Connection) -> None:
    await office.receive(written("Bom dia"))
    await office.reply(await office.ticket())
    handed_in = await behind.fetchval("select count(*) from inbox_event")
    async with office.domain.system() as work:
        assert not any((await forget(work)).values())
        work.now += timedelta(hours=25)
        assert (await forget(work))["event"] > 0
        work.now += timedelta(days=8)
        gone = await forget(work)
    assert gone["idempotency_key"] == 1
    assert gone["inbox_event"] == handed_in
    assert await behind.fetchval("select count(*) from message") == 2
