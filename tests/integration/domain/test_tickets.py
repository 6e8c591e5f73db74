"""What the team does with tickets, and how it finds them."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from tests.integration.domain.office import JOAO, MORNING, Office, written

from recado_core.engine.wire import Party
from recado_core.ids import new_id
from recado_domain.errors import CursorInvalidError, NotFoundError
from recado_domain.messages.queries import PageWanted, list_messages, message_view
from recado_domain.queues.actions import add_member, create_queue
from recado_domain.queues.queries import visible_queues
from recado_domain.tickets.actions import close, mark_read, take
from recado_domain.tickets.errors import TicketClosedError, TicketTakenError
from recado_domain.tickets.queries import TicketFilter, list_tickets
from recado_domain.tickets.views import TicketStatus
from recado_domain.users.actions import NewUser, create_user
from recado_domain.users.views import UserView


async def hire(office: Office, name: str) -> UserView:
    wanted = NewUser(name=name, email=f"{name}@example.com", password="a long password", role="agent")
    hired: UserView = await office.do(create_user, wanted)
    return hired


async def test_taking_closing_and_reading_are_events(office: Office) -> None:
    await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    async with office.verified():
        taken = await office.do(take, ticket.id, office.company.admin_id)
    assert (taken.status, taken.assignee_id) == ("open", office.company.admin_id)
    async with office.verified():
        assert (await office.do(mark_read, ticket.id)).unread_count == 0
    async with office.verified():
        closed = await office.do(close, ticket.id)
    assert (closed.status, closed.closed_at is not None) == ("closed", True)


async def test_a_second_time_says_the_same_and_emits_nothing(office: Office) -> None:
    await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    for verb, values in ((take, (office.company.admin_id,)), (mark_read, ()), (close, ())):
        first = await office.do(verb, ticket.id, *values)
        frames = len(office.recorder.frames)
        if verb is not take:
            assert await office.do(verb, ticket.id, *values) == first
        else:
            assert (await office.do(verb, ticket.id, *values)).assignee_id == office.company.admin_id
        assert len(office.recorder.frames) == frames


async def test_of_fifty_who_take_one_wins(office: Office) -> None:
    await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    people = [office.company.admin_id, *[(await hire(office, f"agent{n}")).id for n in range(4)]] * 10
    frames = len(office.recorder.frames)
    results = await asyncio.gather(*(office.do(take, ticket.id, person) for person in people), return_exceptions=True)
    losers = [result for result in results if isinstance(result, TicketTakenError)]
    winner = (await office.ticket()).assignee_id
    assert len(losers) == 40
    assert {loser.extra["winner"].id for loser in losers} == {winner}  # type: ignore[attr-defined]
    assert len(office.recorder.frames) == frames + 1


async def test_a_closed_or_foreign_ticket_cannot_be_taken(office: Office) -> None:
    await office.receive(written("Bom dia"))
    ticket = await office.ticket()
    await office.do(close, ticket.id)
    with pytest.raises(TicketClosedError):
        await office.do(take, ticket.id, office.company.admin_id)
    for verb, values in ((take, (office.company.admin_id,)), (mark_read, ()), (close, ())):
        with pytest.raises(NotFoundError):
            await office.do(verb, new_id(), *values)


async def test_pages_of_tickets_meet_without_gap_or_repetition(office: Office) -> None:
    people = [Party(pn=f"551199999{n:04}@s.whatsapp.net") for n in range(7)]
    # two of them wrote in the same moment
    await office.receive(
        *(written(chat=who, sent_at=MORNING + timedelta(minutes=n // 2)) for n, who in enumerate(people))
    )
    seen, after = [], None
    while True:
        page = await office.do(list_tickets, TicketFilter(queue_ids=[office.company.queue_id]), limit=3, after=after)
        seen += page.items
        if (after := page.next) is None:
            break
    assert [ticket.id for ticket in seen] == [ticket.id for ticket in await office.tickets()]
    assert len(seen) == 7
    assert seen == sorted(seen, key=lambda ticket: (ticket.last_message_at, ticket.id), reverse=True)


async def test_a_damaged_cursor_is_refused(office: Office) -> None:
    with pytest.raises(CursorInvalidError):
        await office.do(list_tickets, TicketFilter(queue_ids=[office.company.queue_id]), limit=3, after="x")


async def test_filters(office: Office) -> None:
    await office.receive(written("mine"), written("free", chat=JOAO))
    free, mine = sorted(await office.tickets(), key=lambda ticket: ticket.last_message_preview)
    await office.do(take, mine.id, office.company.admin_id)

    async def found(**wanted: object) -> list[object]:
        chosen = TicketFilter(**({"queue_ids": [office.company.queue_id]} | wanted))  # type: ignore[arg-type]
        return [ticket.id for ticket in (await office.do(list_tickets, chosen, limit=10)).items]

    status: TicketStatus = "open"
    assert await found(status=status) == [mine.id]
    assert await found(assignee=office.company.admin_id) == [mine.id]
    assert await found(assignee="none") == [free.id]
    assert await found(queue_ids=[]) == []
    assert await found(status="closed") == []


async def test_agents_see_their_queues_only(office: Office) -> None:
    agent = await hire(office, "agent")
    made = await office.do(create_queue, "Vendas")
    assert await office.do(visible_queues, agent) == []
    await office.do(add_member, made.id, agent.id)
    await office.do(add_member, made.id, agent.id)
    assert await office.do(visible_queues, agent) == [made]
    admin = UserView(office.company.admin_id, "Ana", "", "admin")
    assert [queue.name for queue in await office.do(visible_queues, admin)] == ["Atendimento", "Vendas"]


@pytest.mark.parametrize(
    ("wanted", "seqs", "before", "after"),
    [
        (PageWanted(limit=4), [7, 8, 9, 10], True, False),
        (PageWanted(limit=4, before=7), [3, 4, 5, 6], True, True),
        (PageWanted(limit=4, before=3), [1, 2], False, True),
        (PageWanted(limit=4, before=1), [], False, True),
        (PageWanted(limit=4, after=6), [7, 8, 9, 10], True, False),
        (PageWanted(limit=4, after=2), [3, 4, 5, 6], True, True),
        (PageWanted(limit=4, after=10), [], True, False),
        (PageWanted(limit=4, around=5), [3, 4, 5, 6], True, True),
        (PageWanted(limit=1, around=5), [5], True, True),
        (PageWanted(limit=4, around=10), [8, 9, 10], True, False),
        (PageWanted(limit=20, around=1), list(range(1, 11)), False, False),
    ],
)
async def test_pages_of_messages(
    office: Office, wanted: PageWanted, seqs: list[int], *, before: bool, after: bool
) -> None:
    await office.receive(*(written(f"{n}") for n in range(10)))
    page = await office.do(list_messages, (await office.ticket()).id, wanted)
    assert [message.seq for message in page.items] == seqs
    assert (page.has_before, page.has_after) == (before, after)


async def test_messages_of_nothing(office: Office, behind: asyncpg.Connection) -> None:
    with pytest.raises(NotFoundError):
        await office.do(list_messages, new_id(), PageWanted(limit=4))
    with pytest.raises(NotFoundError):
        await office.do(message_view, new_id())
    await office.receive(written("gone"))
    await behind.execute("delete from message")
    page = await office.do(list_messages, (await office.ticket()).id, PageWanted(limit=4))
    assert (page.items, page.has_before, page.has_after) == ([], False, False)


async def test_one_message(office: Office) -> None:
    await office.receive(written("Bom dia"))
    [message] = await office.messages()
    assert await office.do(message_view, message.id) == message
