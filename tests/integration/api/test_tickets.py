"""The list that agents work through, and who gets a ticket."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from tests.integration.api.world import Person, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def all_pages(person: Person, **query: str | int) -> list[Any]:
    items: list[Any] = []
    after: dict[str, str] = {}
    while True:
        page = (await person.http.get("/api/tickets", params={**query, **after})).json()
        items += page["items"]
        if page["next"] is None:
            return items
        after = {"after": page["next"]}


async def test_pages_are_complete_and_stable_while_the_list_moves(world: World) -> None:
    company = await world.company()
    admin, connection = await world.person(company), await world.connection(company)
    made = [str(await world.ticket(company, connection, minute=minute // 3)) for minute in range(23)]
    first = (await admin.http.get("/api/tickets", params={"limit": 5})).json()
    await world.ticket(company, connection, minute=100)
    seen = [item["id"] for item in first["items"]]
    after = first["next"]
    while after is not None:
        page = (await admin.http.get("/api/tickets", params={"limit": 5, "after": after})).json()
        seen += [item["id"] for item in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 23
    assert set(seen) == set(made)


async def test_the_latest_come_first(world: World) -> None:
    company = await world.company()
    admin, connection = await world.person(company), await world.connection(company)
    for minute in (3, 1, 2):
        await world.ticket(company, connection, minute=minute)
    times = [item["lastMessageAt"] for item in await all_pages(admin, limit=2)]
    assert times == sorted(times, reverse=True)
    assert len(times) == 3


async def test_filters_narrow_the_list(world: World) -> None:
    company = await world.company()
    admin, connection = await world.person(company), await world.connection(company)
    sales = await world.queue(company, "Vendas")
    mine, free = await world.ticket(company, connection), await world.ticket(company, connection, queue_id=sales)
    await admin.http.post(f"/api/tickets/{mine}/take")

    async def ids(**query: str) -> set[str]:
        return {item["id"] for item in await all_pages(admin, **query)}

    assert await ids() == {str(mine), str(free)}
    assert await ids(assignee="me") == {str(mine)}
    assert await ids(assignee="none") == {str(free)}
    assert await ids(status="open") == {str(mine)}
    assert await ids(status="closed") == set()
    assert await ids(queueId=str(sales)) == {str(free)}


async def test_an_agent_sees_the_tickets_of_all_own_queues(world: World) -> None:
    company = await world.company()
    connection, sales = await world.connection(company), await world.queue(company, "Vendas")
    agent = await world.person(company, "agent", company.queue_id, sales)
    made = {str(await world.ticket(company, connection, queue_id=queue)) for queue in (company.queue_id, sales)}
    assert {item["id"] for item in await all_pages(agent)} == made


async def test_of_ten_who_take_one_wins_and_is_named(world: World) -> None:
    company = await world.company()
    ticket = await world.ticket(company, await world.connection(company))
    agents = [await world.person(company, "agent", company.queue_id) for _ in range(10)]
    answers = await asyncio.gather(*[agent.http.post(f"/api/tickets/{ticket}/take") for agent in agents])
    won = [answer for answer in answers if answer.status_code == HTTPStatus.OK]
    lost = [answer for answer in answers if answer.status_code == HTTPStatus.CONFLICT]
    assert (len(won), len(lost)) == (1, 9)
    assert won[0].json()["status"] == "open"
    assert UUID(won[0].json()["assigneeId"]) in {agent.id for agent in agents}
    assert {answer.json()["code"] for answer in lost} == {"ticket_taken"}
    assert all("Agent took this ticket" in answer.json()["detail"] for answer in lost)


async def test_taking_ones_own_again_changes_nothing(world: World) -> None:
    company = await world.company()
    admin, ticket = await world.person(company), await world.ticket(company, await world.connection(company))
    first = await admin.http.post(f"/api/tickets/{ticket}/take")
    assert (await admin.http.post(f"/api/tickets/{ticket}/take")).json() == first.json()


async def test_reading_and_closing(world: World) -> None:
    company = await world.company()
    admin = await world.person(company)
    ticket = await world.ticket(company, await world.connection(company), messages=4)
    assert (await admin.http.get(f"/api/tickets/{ticket}")).json()["unreadCount"] == 4
    assert (await admin.http.post(f"/api/tickets/{ticket}/read")).json()["unreadCount"] == 0
    closed = await admin.http.post(f"/api/tickets/{ticket}/close")
    assert closed.json()["status"] == "closed"
    assert (await admin.http.post(f"/api/tickets/{ticket}/close")).json() == closed.json()
    assert (await admin.http.post(f"/api/tickets/{ticket}/take")).json()["code"] == "ticket_closed"
