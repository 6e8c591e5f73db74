"""What goes out: each message once, in order per chat, and honest about what nobody knows."""

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.integration.domain.office import JOAO, MARIA, MARIA_BOTH, MARIA_LID, MORNING, Office, echo, receipt, written
from tests.integration.domain.session import OperatorHand

from recado_core import bells
from recado_core.ids import new_id
from recado_domain.connections.actions import remove, set_paused
from recado_domain.errors import NotFoundError
from recado_domain.messages.actions import TextToSend, send
from recado_domain.messages.errors import IdempotencyKeyReusedError, NoAddressError
from recado_domain.messages.views import MessageView
from recado_domain.tickets.actions import close
from recado_domain.tickets.errors import TicketClosedError
from recado_domain.tickets.views import TicketView


async def asked(office: Office) -> TicketView:
    await office.receive(written("Bom dia"))
    return await office.ticket()


async def sent(office: Office, wa_id: str = "3EB0OURS") -> MessageView:
    """A reply that WhatsApp accepted."""
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    await office.report(row["outbox_id"], "sent", wa_id)
    return answer.message


async def state_of(office: Office, message: MessageView) -> tuple[str, str | None]:
    found = next(view for view in await office.messages() if view.id == message.id)
    return found.state, found.state_reason


async def test_a_reply_is_queued_and_rings_the_session(office: Office) -> None:
    ticket = await asked(office)
    async with office.verified() as told:
        answer = await office.reply(ticket, "Pois não?")
    assert (answer.message.state, answer.message.seq, answer.delivery) == ("queued", 2, "when_online")
    assert told.bells == [(bells.outbound(office.connection_id), "")]
    after = await office.ticket()
    assert (after.status, after.assignee_id, after.unread_count) == ("open", office.company.admin_id, 0)
    assert (after.last_message_preview, after.last_message_state) == ("Pois não?", "queued")
    [row] = await office.claim()
    assert (row["to_jid"], row["body"]) == (MARIA.pn, '{"kind": "text", "text": "Pois não?"}')
    assert (row["chat"], row["attempt"], len(row["attempt_key"])) == (str(ticket.contact.id), 1, 32)


async def test_an_online_connection_delivers_now(office: Office) -> None:
    ticket = await asked(office)
    await office.session.call("heartbeat", "online", "", "{}")
    await office.receive()
    assert (await office.reply(ticket)).delivery == "now"


async def test_the_same_request_is_answered_the_same(office: Office, behind: asyncpg.Connection) -> None:
    ticket, key = await asked(office), new_id()
    first = await office.reply(ticket, "once", key)
    frames = len(office.recorder.frames)
    again = await asyncio.gather(*(office.reply(ticket, "once", key) for _ in range(5)))
    assert again == [first] * 5
    assert len(office.recorder.frames) == frames
    assert await behind.fetchval("select count(*) from outbox") == 1


async def test_of_many_same_requests_at_once_one_is_done(office: Office, behind: asyncpg.Connection) -> None:
    ticket, key = await asked(office), new_id()
    answers = await asyncio.gather(*(office.reply(ticket, "once", key) for _ in range(10)))
    assert answers == [answers[0]] * 10
    assert await behind.fetchval("select count(*) from outbox") == 1


@pytest.mark.parametrize("other", ["text", "ticket", "user"])
async def test_another_request_with_the_same_key_is_refused(
    office: Office, behind: asyncpg.Connection, other: str
) -> None:
    await office.receive(written("a"), written("b", chat=JOAO))
    ticket, elsewhere = await office.tickets()
    wanted = TextToSend(id=new_id(), ticket_id=ticket.id, sender_user_id=office.company.admin_id, text="once")
    await office.do(send, wanted)
    changed = {
        "text": TextToSend(id=wanted.id, ticket_id=ticket.id, sender_user_id=wanted.sender_user_id, text="twice"),
        "ticket": TextToSend(id=wanted.id, ticket_id=elsewhere.id, sender_user_id=wanted.sender_user_id, text="once"),
        "user": TextToSend(
            id=wanted.id, ticket_id=ticket.id, sender_user_id=await _colleague(office, behind), text="once"
        ),
    }[other]
    before = await office.state()
    with pytest.raises(IdempotencyKeyReusedError):
        await office.do(send, changed)
    assert await office.state() == before


async def _colleague(office: Office, behind: asyncpg.Connection) -> UUID:
    colleague = new_id()
    await behind.execute(
        "insert into app_user (company_id, id, email, name, role, password_hash) "
        "values ($1, $2, 'bia@example.com', 'Bia', 'agent', '')",
        office.company.id,
        colleague,
    )
    return colleague


async def test_what_cannot_be_sent_is_refused_and_leaves_nothing(office: Office, behind: asyncpg.Connection) -> None:
    ticket, key = await asked(office), new_id()
    await office.do(close, ticket.id)
    with pytest.raises(TicketClosedError):
        await office.reply(ticket, "late", key)
    with pytest.raises(NotFoundError):
        await office.do(send, TextToSend(id=key, ticket_id=new_id(), sender_user_id=office.company.admin_id, text="x"))
    assert await behind.fetchval("select count(*) from idempotency_key") == 0


async def test_a_contact_without_address_or_a_removed_connection_cannot_be_written_to(
    office: Office, behind: asyncpg.Connection
) -> None:
    ticket = await asked(office)
    await office.do(remove, office.connection_id)
    with pytest.raises(NotFoundError):
        await office.reply(ticket)
    await behind.execute("delete from contact_address")
    with pytest.raises(NoAddressError):
        await office.reply(ticket)


async def test_nul_is_made_visible_before_it_is_sent(office: Office) -> None:
    answer = await office.reply(await asked(office), "a\0b")
    assert answer.message.text == "a\ufffdb"


async def test_the_number_is_preferred_to_the_lid(office: Office) -> None:
    await office.receive(written(chat=MARIA_BOTH), written(chat=JOAO))
    for ticket in await office.tickets():
        await office.reply(ticket)
    assert {row["to_jid"] for row in await office.claim()} == {MARIA.pn, JOAO.pn}


async def test_a_lid_alone_is_written_to_as_it_is(office: Office) -> None:
    await office.receive(written(chat=MARIA_LID))
    await office.reply(await office.ticket())
    assert [row["to_jid"] for row in await office.claim()] == [MARIA_LID.lid]


async def test_claims_are_the_head_of_each_chat_in_order(office: Office) -> None:
    await office.receive(written("a"), written("b", chat=JOAO))
    tickets = await office.tickets()
    for n in range(3):
        for ticket in tickets:
            await office.reply(ticket, f"{n}")
    for n in range(3):
        rows = await office.claim()
        assert [row["body"] for row in rows] == [f'{{"kind": "text", "text": "{n}"}}'] * 2
        assert len({row["chat"] for row in rows}) == 2
        assert await office.claim() == []
        for row in rows:
            await office.report(row["outbox_id"], "sent", uuid4().hex)


async def test_a_claim_takes_no_more_than_asked(office: Office) -> None:
    await office.receive(written("a"), written("b", chat=JOAO))
    for ticket in await office.tickets():
        await office.reply(ticket)
    assert [len(await office.session.call("claim_outbound", 1)) for _ in range(3)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        ("sent", "sent", None),
        ("rejected", "failed", "why"),
        ("no_recipient", "failed", "why"),
        ("uncertain", "sending", "why"),
        ("unknown", "unknown", "why"),
    ],
)
async def test_a_report_moves_the_message(office: Office, outcome: str, state: str, reason: str | None) -> None:
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    async with office.verified():
        await office.report(row["outbox_id"], outcome, "3EB0OURS", reason)
    assert await state_of(office, answer.message) == (state, reason)
    assert (await office.ticket()).last_message_state == state


async def test_what_was_not_sent_is_claimed_again_with_another_key(office: Office, behind: asyncpg.Connection) -> None:
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    await office.report(row["outbox_id"], "not_sent")
    assert await office.claim() == []  # not before two seconds are over
    await behind.execute("update outbox set available_at = now()")
    [again] = await office.claim()
    assert (again["outbox_id"], again["attempt"]) == (row["outbox_id"], 2)
    assert again["attempt_key"] != row["attempt_key"]
    assert await state_of(office, answer.message) == ("queued", None)


async def test_reports_may_be_repeated_and_come_late(office: Office, behind: asyncpg.Connection) -> None:
    message = await sent(office)
    [outbox_id] = [row["id"] for row in await behind.fetch("select id from outbox")]
    for outcome in ("sent", "unknown", "not_sent"):
        await office.report(outbox_id, outcome)
    await office.report(new_id(), "sent")
    assert await state_of(office, message) == ("sent", None)
    assert await behind.fetchval("select state from outbox") == "done"


async def test_an_outcome_that_nobody_knows_is_refused(office: Office) -> None:
    with pytest.raises(asyncpg.PostgresError, match="none of sent") as refused:
        await office.session.call("report_outbound", new_id(), "perhaps", None, None, MORNING)
    assert refused.value.sqlstate == "RCD02"


async def test_receipts_move_on_and_never_back(office: Office) -> None:
    message = await sent(office)
    states = []
    for kind in ("delivered", "read", "delivered", "played", "read"):
        await office.receive(receipt(kind, "3EB0OURS"))
        states.append((await state_of(office, message))[0])
    assert states == ["delivered", "read", "read", "played", "played"]


async def test_a_receipt_is_an_event(office: Office) -> None:
    await sent(office)
    async with office.verified():
        await office.receive(receipt("read", "3EB0OURS"))
    assert (await office.ticket()).last_message_state == "read"


async def test_a_receipt_that_overtakes_its_report_is_not_lost(office: Office, behind: asyncpg.Connection) -> None:
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    await office.receive(receipt("read", "3EB0OURS"), receipt("delivered", "3EB0OURS"))
    async with office.verified():
        await office.report(row["outbox_id"], "sent", "3EB0OURS")
    assert await state_of(office, answer.message) == ("read", None)
    assert await behind.fetchval("select count(*) from early_receipt") == 0


async def test_an_unconfirmed_message_holds_its_chat_until_a_receipt_proves_it(
    office: Office, behind: asyncpg.Connection
) -> None:
    ticket = await asked(office)
    answer = await office.reply(ticket, "first")
    await office.reply(ticket, "second")
    [row] = await office.claim()
    await office.report(row["outbox_id"], "uncertain", "3EB0OURS")
    assert await office.claim() == []
    await office.receive(receipt("delivered", "3EB0OURS"))
    assert await state_of(office, answer.message) == ("delivered", None)
    assert len(await office.claim()) == 1
    assert [row["state"] for row in await behind.fetch("select state from outbox order by position")] == [
        "done",
        "sending",
    ]


async def test_an_unconfirmed_message_is_proved_by_its_echo(office: Office, behind: asyncpg.Connection) -> None:
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    await office.report(row["outbox_id"], "uncertain", "3EB0OURS")
    async with office.verified():
        await office.receive(echo("Pois não?", wa_id="3EB0OURS"))
    assert await state_of(office, answer.message) == ("sent", None)
    assert len(await office.messages()) == 2
    assert await behind.fetchval("select state from outbox") == "done"


async def test_an_echo_before_its_report_makes_no_second_message(office: Office) -> None:
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    await office.session.call("ingest", ["echo"], ["test"], [b"0"], [MORNING])
    await office.session.call("report_outbound", row["outbox_id"], "uncertain", "3EB0OURS", None, MORNING)
    await office.do(office.project, echo("Pois não?", wa_id="3EB0OURS"))
    assert await state_of(office, answer.message) == ("sent", None)
    assert len(await office.messages()) == 2


async def test_an_unknown_message_can_still_be_proved(office: Office) -> None:
    answer = await office.reply(await asked(office))
    [row] = await office.claim()
    await office.report(row["outbox_id"], "unknown", "3EB0OURS")
    await office.receive(receipt("read", "3EB0OURS"))
    assert await state_of(office, answer.message) == ("read", None)


async def test_a_whatsapp_id_is_given_once(office: Office) -> None:
    await office.receive(echo("from the phone", wa_id="3EB0OURS"))
    answer = await office.reply(await office.ticket())
    [row] = await office.claim()
    await office.report(row["outbox_id"], "sent", "3EB0OURS")
    assert await state_of(office, answer.message) == ("sent", None)


async def test_a_claim_whose_answer_was_lost_is_found_by_the_same_session(office: Office) -> None:
    await office.receive(written("a"))
    await office.reply(await office.ticket())
    [claimed] = await office.claim()
    [found] = await office.session.call("unresolved_outbound")
    assert (found["outbox_id"], found["attempt_key"]) == (claimed["outbox_id"], claimed["attempt_key"])
    await office.report(found["outbox_id"], "uncertain", "3EB0OURS")
    assert await office.session.call("unresolved_outbound") == [], "what it reported itself, it is waiting for"


async def test_the_next_session_adopts_what_is_unresolved(office: Office, operator: OperatorHand) -> None:
    await office.receive(written("a"), written("b", chat=JOAO))
    for ticket in await office.tickets():
        await office.reply(ticket)
    first, second = await office.claim()
    await office.report(second["outbox_id"], "uncertain", "3EB0OURS")
    office.session = await operator.take_over(office.connection_id, office.session.epoch)
    adopted = await office.session.call("unresolved_outbound")
    assert [(row["outbox_id"], row["state"], row["wa_id"]) for row in adopted] == [
        (first["outbox_id"], "sending", None),
        (second["outbox_id"], "unconfirmed", "3EB0OURS"),
    ]
    assert [row["attempt_key"] for row in adopted] == [first["attempt_key"], second["attempt_key"]]
    await office.report(first["outbox_id"], "not_sent")
    await office.report(second["outbox_id"], "sent", "3EB0OURS")
    of_tickets = [await office.messages(ticket.id) for ticket in await office.tickets()]
    assert sorted(message.state for messages in of_tickets for message in messages if message.from_me) == [
        "queued",
        "sent",
    ]


async def test_attempt_keys_are_unlike(office: Office) -> None:
    await office.receive(*(written(chat=JOAO if n % 2 else MARIA) for n in range(2)))
    for ticket in await office.tickets():
        await office.reply(ticket)
    keys = [row["attempt_key"] for row in await office.claim()]
    assert len({hashlib.sha256(key).digest() for key in keys}) == 2


async def test_a_paused_connection_gives_nothing_out(office: Office) -> None:
    await office.receive(written("a"))
    await office.reply(await office.ticket())
    await office.do(set_paused, office.connection_id, paused=True)
    assert await office.claim() == []
    await office.do(set_paused, office.connection_id, paused=False)
    assert len(await office.claim()) == 1


async def test_a_message_refused_because_the_number_is_limited_lets_others_be_tried_first(
    office: Office, behind: asyncpg.Connection
) -> None:
    await office.receive(*(written(chat=JOAO if n % 2 else MARIA) for n in range(2)))
    for ticket in await office.tickets():
        await office.reply(ticket)
    [refused, other] = await office.claim()
    for minutes in (2, 4, 8):
        await office.report(refused["outbox_id"], "not_sent", reason="reach_out_restricted")
        wait = await behind.fetchval("select available_at - now() from outbox where id = $1", refused["outbox_id"])
        assert timedelta(minutes=minutes - 1) < wait <= timedelta(minutes=minutes)
        await office.report(other["outbox_id"], "not_sent", reason="session_not_online")
        await behind.execute("update outbox set available_at = now() where available_at < now() + interval '1 minute'")
        assert [row["outbox_id"] for row in await office.claim()] == [other["outbox_id"]]
        await behind.execute("update outbox set available_at = now()")
        [refused] = await office.claim()
