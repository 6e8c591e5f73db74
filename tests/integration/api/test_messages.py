"""Sending once, reading in pages."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from tests.integration.api.world import Person, World

from recado_core.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Chat(msgspec.Struct, frozen=True):
    agent: Person
    ticket_id: UUID

    async def send(self, text: str, key: UUID | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": str(key or new_id())}
        return await self.agent.http.post(
            f"/api/tickets/{self.ticket_id}/messages", json={"text": text}, headers=headers
        )

    async def page(self, **place: int) -> Any:
        answer = await self.agent.http.get(f"/api/tickets/{self.ticket_id}/messages", params=place)
        assert answer.status_code == HTTPStatus.OK, answer.text
        return answer.json()


@pytest_asyncio.fixture(loop_scope="session")
async def chat(world: World) -> Chat:
    company = await world.company()
    agent = await world.person(company, "agent", company.queue_id)
    return Chat(agent, await world.ticket(company, await world.connection(company), messages=25))


async def test_a_sent_message_is_queued_for_its_session(world: World, chat: Chat) -> None:
    key = new_id()
    answer = await chat.send("Bom dia!", key)
    assert answer.status_code == HTTPStatus.CREATED
    message = answer.json()["message"]
    assert (message["id"], message["text"], message["state"], message["seq"]) == (str(key), "Bom dia!", "queued", 26)
    assert message["senderUserId"] == str(chat.agent.id)
    assert answer.json()["delivery"] == "now"
    assert await world.count("select count(*) from outbox where message_id = $1 and state = 'queued'", key) == 1


@pytest.mark.parametrize("state", ["stopped", "qr", "reconnecting", "logged_out"])
async def test_without_a_link_it_waits_and_says_so(world: World, state: str) -> None:
    company = await world.company()
    agent = await world.person(company, "agent", company.queue_id)
    chat = Chat(agent, await world.ticket(company, await world.connection(company, state=state)))
    assert (await chat.send("Oi")).json()["delivery"] == "when_online"


async def test_the_same_request_again_gives_the_same_answer(world: World, chat: Chat) -> None:
    key = new_id()
    first, again = await chat.send("Oi", key), await chat.send("Oi", key)
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert await world.count("select count(*) from outbox where message_id = $1", key) == 1


async def test_another_text_with_the_same_key_is_refused(chat: Chat) -> None:
    key = new_id()
    await chat.send("Oi", key)
    answer = await chat.send("Tchau", key)
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused")


async def test_the_key_of_a_colleague_is_refused(world: World, chat: Chat) -> None:
    key = new_id()
    await chat.send("Oi", key)
    company_id = chat.agent.company_id
    queue_id = await world.owner.fetchval("select id from queue where company_id = $1", company_id)
    colleague = await world.person(msgspec.structs.replace(await world.company(), id=company_id), "agent", queue_id)
    answer = await Chat(colleague, chat.ticket_id).send("Oi", key)
    assert answer.json()["code"] == "idempotency_key_reused"


async def test_twenty_at_once_are_one_message(world: World, chat: Chat) -> None:
    key = new_id()
    answers = await asyncio.gather(*[chat.send("Oi", key) for _ in range(20)])
    assert {answer.status_code for answer in answers} == {HTTPStatus.CREATED}
    assert len({answer.text for answer in answers}) == 1
    assert await world.count("select count(*) from message where id = $1", key) == 1
    assert await world.count("select count(*) from outbox where message_id = $1", key) == 1


async def test_many_messages_at_once_get_numbers_without_gaps(chat: Chat) -> None:
    answers = await asyncio.gather(*[chat.send(f"Oi {number}") for number in range(20)])
    assert sorted(answer.json()["message"]["seq"] for answer in answers) == list(range(26, 46))


async def test_nul_does_not_break_the_database(chat: Chat) -> None:
    answer = await chat.send("a\u0000b")
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json()["message"]["text"] == "a\ufffdb"


@pytest.mark.parametrize(
    "text", ["\U0001f9d1\u200d\U0001f33e", "e\u0301", "\u202eabc", "'; drop table message; --", "x" * 4096]
)
async def test_texts_come_back_as_they_were(chat: Chat, text: str) -> None:
    await chat.send(text)
    assert (await chat.page(limit=1))["items"][0]["text"] == text


@pytest.mark.parametrize("text", ["", " ", "\n\t", "x" * 4097])
async def test_empty_and_endless_texts_are_refused(chat: Chat, text: str) -> None:
    answer = await chat.send(text)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer.json()["errors"][0]["field"] == "text"


async def test_a_key_is_required(chat: Chat) -> None:
    path = f"/api/tickets/{chat.ticket_id}/messages"
    for headers in ({}, {"Idempotency-Key": "1"}):
        answer = await chat.agent.http.post(path, json={"text": "Oi"}, headers=headers)
        assert answer.status_code == HTTPStatus.BAD_REQUEST


async def test_a_closed_ticket_takes_no_message(chat: Chat) -> None:
    await chat.agent.http.post(f"/api/tickets/{chat.ticket_id}/close")
    answer = await chat.send("Oi")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.CONFLICT, "ticket_closed")


def seqs(page: Any) -> list[int]:
    return [item["seq"] for item in page["items"]]


async def test_without_a_place_the_latest_come(chat: Chat) -> None:
    page = await chat.page(limit=10)
    assert (seqs(page), page["hasBefore"], page["hasAfter"]) == (list(range(16, 26)), True, False)


async def test_paging_back_and_forth_gives_every_message_once(chat: Chat) -> None:
    back: list[int] = []
    page = await chat.page(limit=7)
    back = seqs(page)
    while page["hasBefore"]:
        await chat.send("meanwhile")
        page = await chat.page(before=back[0], limit=7)
        back = seqs(page) + back
    assert back == list(range(1, 26))
    forth: list[int] = []
    while not forth or page["hasAfter"]:
        page = await chat.page(after=forth[-1] if forth else 0, limit=7)
        forth += seqs(page)
    assert forth == list(range(1, len(forth) + 1))
    assert len(forth) == 28


@pytest.mark.parametrize("around", [1, 13, 25])
async def test_around_shows_the_place_itself(chat: Chat, around: int) -> None:
    page = await chat.page(around=around, limit=6)
    assert around in seqs(page)
    assert seqs(page) == list(range(seqs(page)[0], seqs(page)[-1] + 1))
    assert page["hasBefore"] == (seqs(page)[0] > 1)
    assert page["hasAfter"] == (seqs(page)[-1] < 25)


async def test_two_places_at_once_are_refused(chat: Chat) -> None:
    answer = await chat.agent.http.get(f"/api/tickets/{chat.ticket_id}/messages?before=3&after=1")
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.BAD_REQUEST, "one_place_only")
