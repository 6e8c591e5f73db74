"""What comes in becomes contacts, tickets and messages: each once, in order, whatever else is in the batch."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from tests.integration.domain.office import (
    JOAO,
    MARIA,
    MARIA_BOTH,
    MARIA_LID,
    MORNING,
    Office,
    echo,
    receipt,
    waiting,
    written,
)

from recado_core.engine.wire import (
    Ignored,
    MessageReceived,
    Nothing,
    OutboundReport,
    Party,
    SessionStateReport,
    Text,
    Unsupported,
)
from recado_core.ids import new_id
from recado_domain.connections.queries import list_connections
from recado_domain.contacts.queries import contacts_by_address
from recado_domain.contacts.rules import Address
from recado_domain.inbox.actions import Applied, Unreadable, apply_batch, read_batch
from recado_domain.inbox.errors import BatchRefusedError
from recado_domain.inbox.queries import pending_connections
from recado_domain.tickets.actions import close, take
from recado_domain.unit_of_work import UnitOfWork

pytestmark = pytest.mark.every_postgres


async def test_the_first_message_opens_a_ticket(office: Office) -> None:
    async with office.verified():
        await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    assert (ticket.status, ticket.unread_count, ticket.last_message_preview) == ("pending", 1, "Bom dia")
    assert (ticket.contact.name, ticket.contact.phone, ticket.contact.kind) == ("Maria", "+5511999990001", "person")
    [message] = await office.messages()
    assert (message.text, message.state, message.origin, message.seq) == ("Bom dia", "received", "live", 1)


async def test_a_batch_keeps_the_order_and_counts(office: Office) -> None:
    async with office.verified():
        await office.receive(*(written(f"{n}", sent_at=MORNING - timedelta(seconds=n)) for n in range(30)))
    assert [message.text for message in await office.messages()] == [str(n) for n in range(30)]
    assert [message.seq for message in await office.messages()] == list(range(1, 31))
    assert (await office.ticket()).unread_count == 30


async def test_a_message_that_comes_twice_is_there_once(office: Office) -> None:
    once = written("once")
    await office.receive(once, once)
    await office.receive(once)
    assert [message.text for message in await office.messages()] == ["once"]
    assert (await office.ticket()).unread_count == 1


async def test_rows_with_one_key_are_stored_once(office: Office, behind: asyncpg.Connection) -> None:
    values = (["key", "key", "other"], ["test"] * 3, [b"1", b"2", b"3"], [MORNING] * 3)
    assert (await office.session.call("ingest", *values))[0][0] == 2
    assert (await office.session.call("ingest", *values))[0][0] == 0
    assert [
        row["raw"] for row in await behind.fetch("select raw from inbox_event where kind = 'test' order by id")
    ] == [b"1", b"3"]


async def test_a_row_that_cannot_be_read_holds_nothing_up(office: Office, behind: asyncpg.Connection) -> None:
    await office.session.call("ingest", ["a", "b"], ["message"] * 2, [b"\xff", b"ok"], [MORNING] * 2)
    async with office.domain.company(office.company.id) as work:
        broken, fine = await read_batch(work, office.connection_id)
        applied = await apply_batch(
            work, office.connection_id, [(broken, Unreadable("Broken\0 bytes")), (fine, written("fine"))]
        )
    assert applied.done == 1
    rows = await behind.fetch("select state, reason from inbox_event where kind = 'message' order by id")
    assert [tuple(row) for row in rows] == [("quarantined", "Broken bytes"), ("done", None)]
    assert [message.text for message in await office.messages()] == ["fine"]


async def test_a_row_that_the_database_refuses_is_set_aside_alone(office: Office) -> None:
    async with office.verified():
        applied = await office.receive(
            written("before"),
            written("bad", wa_id="lone surrogate \ud800"),
            written("worse", wa_id="nul \0"),
            OutboundReport(message_id=new_id(), outcome="sent", at=MORNING),
            written("after"),
        )
    assert applied.done == 2
    assert len(applied.quarantined) == 3
    assert [message.text for message in await office.messages()] == ["before", "after"]


async def test_a_row_that_breaks_the_projection_is_set_aside_alone(office: Office) -> None:
    applied = await office.receive(written("before"), written("from nobody", chat=Party()), written("after"))
    assert list(applied.quarantined.values()) == ["ValueError: A party without any address"]
    assert [message.text for message in await office.messages()] == ["before", "after"]


async def test_a_batch_that_is_not_done_carefully_is_refused_as_a_whole(office: Office) -> None:
    await office.session.call("ingest", ["a", "b"], ["test"] * 2, [b"0", b"1"], [MORNING] * 2)

    async def hastily(work: UnitOfWork, *events: MessageReceived) -> Applied:
        rows = await read_batch(work, office.connection_id)
        return await apply_batch(work, office.connection_id, list(zip(rows, events, strict=True)), careful=False)

    with pytest.raises(BatchRefusedError, match="without any address"):
        await office.do(hastily, written("fine"), written("from nobody", chat=Party()))
    assert await office.tickets() == []
    assert (await office.do(hastily, written("fine"), written("fine too"))).done == 2


async def test_nul_in_a_text_becomes_visible(office: Office) -> None:
    await office.receive(written("a\0b"), written(Unsupported("im\0age"), push_name="Ma\0ria"))
    first, second = await office.messages()
    assert (first.text, second.unsupported_kind) == ("a\ufffdb", "im\ufffdage")
    assert (await office.ticket()).contact.name == "Ma\ufffdria"


async def test_a_transient_failure_is_raised_and_nothing_is_quarantined(
    office: Office, behind: asyncpg.Connection
) -> None:
    await office.session.call("ingest", ["a"], ["test"], [b"0"], [MORNING])

    async def interrupted(work: UnitOfWork) -> None:
        rows = await read_batch(work, office.connection_id)
        await behind.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'recado_app'")
        await apply_batch(work, office.connection_id, [(row, written()) for row in rows])

    with pytest.raises(SQLAlchemyError):
        await office.do(interrupted)
    assert await behind.fetchval("select state from inbox_event where kind = 'test'") == "new"


async def test_a_lock_that_takes_too_long_is_no_fault_of_the_message(
    office: Office, behind: asyncpg.Connection
) -> None:
    await office.receive(written("first"))
    await office.session.call("ingest", ["a"], ["test"], [b"0"], [MORNING])

    async def impatient(work: UnitOfWork) -> None:
        await work.execute(text("set local lock_timeout = '20ms'"))
        await office.project(work, written("second"))

    async with behind.transaction():
        await behind.execute("select from ticket for update")
        with pytest.raises(DBAPIError, match="lock timeout"):
            await office.do(impatient)
    assert (await office.do(office.project, written("second"))).done == 1


async def test_technical_contents_leave_no_trace(office: Office, behind: asyncpg.Connection) -> None:
    await office.receive(written(Ignored("keys")), Nothing("status"))
    assert await office.tickets() == []
    assert await behind.fetchval("select count(*) from inbox_event where state = 'done' and kind = 'test'") == 2


async def test_an_unsupported_content_is_named(office: Office) -> None:
    async with office.verified():
        await office.receive(written(Unsupported("image")))
    [message] = await office.messages()
    assert (message.kind, message.unsupported_kind, message.text) == ("unsupported", "image", "")
    assert (await office.ticket()).last_message_preview == "[image]"


async def test_a_placeholder_gives_way_to_its_message(office: Office) -> None:
    async with office.verified():
        await office.receive(waiting("3EB0A"), waiting("3EB0A"))
    [placeholder] = await office.messages()
    assert placeholder.kind == "undecryptable"
    async with office.verified():
        await office.receive(written("at last", wa_id="3EB0A"))
    await office.receive(waiting("3EB0A"))
    [message] = await office.messages()
    assert (message.id, message.kind, message.text) == (placeholder.id, "text", "at last")
    ticket = await office.ticket()
    assert (ticket.unread_count, ticket.last_message_preview) == (1, "at last")


async def test_a_placeholder_of_something_technical_says_so(office: Office) -> None:
    await office.receive(waiting("3EB0A"), written("later"))
    async with office.verified():
        await office.receive(written(Ignored("keys"), wa_id="3EB0A"))
    first, _ = await office.messages()
    assert (first.kind, first.unsupported_kind) == ("unsupported", "technical")
    assert (await office.ticket()).last_message_preview == "later"


async def test_what_the_owner_writes_on_the_phone_answers_the_ticket(office: Office) -> None:
    await office.receive(written("Bom dia"))
    async with office.verified():
        await office.receive(echo("Oi, Maria"))
    ticket = await office.ticket()
    assert (ticket.unread_count, ticket.status, ticket.last_message_from_me) == (0, "open", True)
    assert ticket.contact.name == "Maria"
    _, answer = await office.messages()
    assert (answer.from_me, answer.origin, answer.state) == (True, "phone", "sent")


async def test_a_receipt_in_the_batch_of_its_message_counts(office: Office) -> None:
    await office.receive(written("Bom dia"))
    async with office.verified():
        await office.receive(echo("Oi, Maria", wa_id="3EB0A"), receipt("read", "3EB0A"))
    _, answer = await office.messages()
    assert (answer.text, answer.state) == ("Oi, Maria", "read")
    assert (await office.ticket()).last_message_state == "read"


async def test_of_two_sessions_in_one_batch_the_later_one_counts(office: Office) -> None:
    epoch = office.session.epoch
    later = SessionStateReport(state="online", reason="", epoch=epoch + 1, at=MORNING)
    earlier = SessionStateReport(state="failed", reason="", epoch=epoch, at=MORNING)
    async with office.verified():
        await office.receive(earlier, later, earlier)
    [connection] = await office.do(list_connections)
    assert connection.state == "online"


async def test_a_message_after_closing_opens_a_new_ticket(office: Office) -> None:
    await office.receive(written("first"))
    await office.do(close, (await office.ticket()).id)
    async with office.verified():
        await office.receive(written("second"))
    assert sorted(ticket.status for ticket in await office.tickets()) == ["closed", "pending"]


async def test_people_and_groups_have_their_own_tickets(office: Office) -> None:
    group = Party(group_id="12036@g.us")
    await office.receive(
        written("one"), written("two", chat=JOAO, push_name="João"), written("3", chat=group, sender=JOAO)
    )
    contacts = {(ticket.contact.kind, ticket.contact.name) for ticket in await office.tickets()}
    assert contacts == {("person", "Maria"), ("person", "João"), ("group", None)}


async def test_a_new_name_is_told_on_every_ticket(office: Office) -> None:
    await office.receive(written("first"))
    await office.do(close, (await office.ticket()).id)
    async with office.verified():
        await office.receive(written("second", push_name="Maria Silva"))
    assert {ticket.contact.name for ticket in await office.tickets()} == {"Maria Silva"}


async def test_number_and_lid_become_one_contact(office: Office, behind: asyncpg.Connection) -> None:
    await office.receive(written("by number"))
    async with office.verified():
        await office.receive(written("by both", chat=MARIA_BOTH), written("by lid", chat=MARIA_LID))
    assert [message.text for message in await office.messages()] == ["by number", "by both", "by lid"]
    assert await behind.fetchval("select count(*) from contact") == 1


async def test_two_contacts_that_prove_to_be_one_are_merged(office: Office, behind: asyncpg.Connection) -> None:
    await office.receive(written("by number"), written("by lid", chat=MARIA_LID, push_name=""))
    by_number, by_lid = sorted(await office.tickets(), key=lambda ticket: ticket.id)
    await office.reply(by_lid, "to lid")
    async with office.verified():
        await office.receive(written("by both", chat=MARIA_BOTH))
    kept, emptied = sorted(await office.tickets(), key=lambda ticket: ticket.id)
    assert (kept.id, emptied.id) == (by_number.id, by_lid.id)
    assert [message.text for message in await office.messages(kept.id)] == ["by number", "by lid", "to lid", "by both"]
    assert [message.seq for message in await office.messages(kept.id)] == [1, 2, 3, 4]
    assert (emptied.status, emptied.contact.id, await office.messages(emptied.id)) == ("closed", kept.contact.id, [])
    assert (kept.assignee_id, kept.status, kept.unread_count) == (office.company.admin_id, "open", 2)
    assert (
        await behind.fetchval(
            "select count(distinct chat) from (select chat from message union select chat from outbox) x"
        )
        == 1
    )


async def test_one_message_under_two_names_survives_the_merge(office: Office) -> None:
    await office.receive(written("twice", wa_id="3EB0A"), written("twice", wa_id="3EB0A", chat=MARIA_LID))
    async with office.verified():
        await office.receive(written("once", chat=MARIA_BOTH), written("twice", wa_id="3EB0A", chat=MARIA_BOTH))
    ticket = next(ticket for ticket in await office.tickets() if ticket.status != "closed")
    assert [message.text for message in await office.messages(ticket.id)] == ["twice", "twice", "once"]


async def test_a_merge_of_closed_tickets_keeps_both(office: Office) -> None:
    await office.receive(written("by number"))
    await office.do(close, (await office.ticket()).id)
    await office.receive(written("by lid", chat=MARIA_LID))
    async with office.verified():
        await office.receive(written("by both", chat=MARIA_BOTH))
    texts = {ticket.status: [m.text for m in await office.messages(ticket.id)] for ticket in await office.tickets()}
    assert texts == {"closed": ["by number"], "pending": ["by lid", "by both"]}


async def test_two_workers_do_not_apply_a_row_twice(office: Office) -> None:
    events = [written(f"{n}", chat=(MARIA, JOAO)[n % 2]) for n in range(40)]
    raws = [str(n).encode() for n in range(len(events))]
    await office.session.call("ingest", [f"k{n}" for n in range(40)], ["test"] * 40, raws, [MORNING] * 40)
    applied = await asyncio.gather(*(office.do(office.project, *events) for _ in range(5)))
    assert sum(part.done for part in applied) == 40
    assert sum([ticket.unread_count for ticket in await office.tickets()]) == 40


async def test_projections_and_people_do_not_block_each_other(office: Office) -> None:
    await office.receive(written("0"))
    ticket = await office.ticket()
    async with asyncio.timeout(20):
        await asyncio.gather(
            *(office.receive(written(f"{n}")) for n in range(1)),
            *(office.reply(ticket, f"r{n}") for n in range(15)),
            office.do(take, ticket.id, office.company.admin_id),
        )
    seqs = [message.seq for message in await office.messages()]
    assert seqs == list(range(1, 18))


async def test_sweepers_find_what_waits(office: Office) -> None:
    async def pending() -> list[object]:
        async with office.domain.system() as work:
            return list(await pending_connections(work))

    await office.receive()
    assert await pending() == []
    await office.session.call("ingest", ["a"], ["test"], [b"0"], [MORNING])
    assert await pending() == [(office.company.id, office.connection_id)]


async def test_addresses_can_be_looked_up(office: Office) -> None:
    await office.receive(written("hello", chat=MARIA_BOTH))
    rows = await office.do(contacts_by_address, [Address("lid", "900001@lid"), Address("pn", "none")])
    assert [(row.kind, row.phone) for row in rows] == [("lid", "+5511999990001")]


async def test_receipts_of_nobody_change_nothing(office: Office) -> None:
    await office.receive(written("hello", wa_id="3EB0A"))
    frames = len(office.recorder.frames)
    await office.receive(receipt("other", "3EB0A"), receipt("read", "3EB0A", from_me=True), receipt("read", "3EB0A"))
    assert len(office.recorder.frames) == frames
    assert [message.state for message in await office.messages()] == ["received"]


async def test_texts_are_kept_as_they_are(office: Office) -> None:
    words = "linha 1\n\tlinha 2 👩‍👩‍👧 \u202e" + "x" * 70000
    await office.receive(written(Text(words)))
    assert [message.text for message in await office.messages()] == [words]
