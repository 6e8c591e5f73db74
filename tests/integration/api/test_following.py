"""A browser's view of what happens: frames over the socket and the log over HTTP tell the same story."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest
from tests.integration.api.resources import MemoryResources
from tests.integration.api.sockets import Follower, following, running
from tests.integration.api.world import PASSWORD, Person, World
from tests.integration.database import Company, Database

from recado_api.app import build
from recado_api.events.schemas import Frame
from recado_api.settings import ApiSettings
from recado_core.ids import new_id
from recado_domain.provision import connect

Frames = list[dict[str, Any]]


class Live(msgspec.Struct, frozen=True):
    """The whole app on a port, and a company that works with it."""

    world: World
    url: str
    company: Company
    agent: Person
    ticket_id: UUID

    async def send(self, text: str, person: Person | None = None) -> None:
        headers = {"Idempotency-Key": str(new_id())}
        http = (person or self.agent).http
        answer = await http.post(f"/api/tickets/{self.ticket_id}/messages", json={"text": text}, headers=headers)
        assert answer.status_code == HTTPStatus.CREATED, answer.text

    async def cursor(self, person: Person) -> dict[str, int]:
        cursor: dict[str, int] = (await person.http.get("/api/bootstrap")).json()["cursor"]
        return cursor

    async def missed(self, person: Person, cursor: dict[str, int]) -> Any:
        text = ",".join(f"{stream}={seq}" for stream, seq in cursor.items())
        return (await person.http.get("/api/events", params={"cursor": text})).json()


@pytest.fixture
async def live(api_settings: ApiSettings, api_database: Database) -> AsyncIterator[Live]:
    owner: asyncpg.Connection = await connect(api_database.owner)
    resources = MemoryResources()
    parts = build(api_settings, resources)
    world = World(parts, owner, resources, api_database)
    async with running(parts.app) as url:
        company = await world.company()
        agent = await world.person(company, "agent", company.queue_id)
        ticket_id = await world.ticket(company, await world.connection(company))
        yield Live(world, url, company, agent, ticket_id)
        await world.close_browsers()
    await owner.close()


async def until_following(live: Live, *followers: Follower) -> None:
    """The first frame that everybody gets proves that this process hears Redis."""
    async with asyncio.timeout(5):
        while not followers[0].frames:
            await live.agent.http.post(f"/api/tickets/{live.ticket_id}/take")
            await live.send("probe")
            await asyncio.sleep(0.05)


def events_of(frames: Frames) -> list[Any]:
    return [event for frame in frames for event in frame["events"]]


async def test_frames_and_log_tell_the_same_story(live: Live) -> None:
    stream = f"queue:{live.company.queue_id}"
    async with following(live.url, live.company.id, live.agent.token) as follower:
        await until_following(live, follower)
        start = await live.cursor(live.agent)
        before = start[stream]
        await asyncio.gather(*[live.send(f"Oi {number}") for number in range(10)])
        head = (await live.cursor(live.agent))[stream]
        await follower.until(lambda: follower.frames[-1]["seq"] >= head)
        heard = sorted((frame for frame in follower.frames if frame["seq"] > before), key=lambda frame: frame["seq"])
        missed = await live.missed(live.agent, start)
    assert [frame["prev"] for frame in heard] == [before, *(frame["seq"] for frame in heard[:-1])]
    assert all(frame["seq"] - frame["prev"] == len(frame["events"]) for frame in heard)
    assert missed["reset"] is False
    assert events_of(missed["frames"]) == events_of(heard)
    assert missed["cursor"][stream] == heard[-1]["seq"]
    texts = [event["message"]["text"] for event in events_of(heard) if event["type"] == "message.created"]
    assert sorted(texts) == sorted(f"Oi {number}" for number in range(10))


async def test_frames_are_what_the_api_document_says(live: Live) -> None:
    admin = await live.world.person(live.company, "admin")
    async with following(live.url, live.company.id, admin.token) as follower:
        await until_following(live, follower)
        view = (await admin.http.post("/api/connections", json={"displayName": "Loja"})).json()
        await admin.http.delete(f"/api/connections/{view['id']}")
        await follower.until(lambda: any(e["type"] == "connection.removed" for e in events_of(follower.frames)))
        frames = msgspec.convert(follower.frames, list[Frame])
    assert msgspec.to_builtins(frames) == follower.frames
    kinds = {event["type"] for event in events_of(follower.frames)}
    assert {"connection.changed", "connection.removed", "message.created", "ticket.changed"} <= kinds


async def test_nobody_hears_what_is_not_theirs(live: Live) -> None:
    other = await live.world.company()
    stranger = await live.world.person(other, "admin")
    outsider = await live.world.person(live.company, "agent")
    async with AsyncExitStack() as stack:
        mine, theirs, outside = [
            await stack.enter_async_context(following(live.url, company_id, token))
            for company_id, token in (
                (live.company.id, live.agent.token),
                (other.id, stranger.token),
                (live.company.id, outsider.token),
            )
        ]
        await until_following(live, mine)
        for number in range(5):
            await live.send(f"secret {number}")
        await mine.until(lambda: "secret 4" in str(mine.frames))
        assert live.world.parts.realtime
        await live.world.parts.realtime.watch.tell_heads()
        await mine.until(lambda: bool(mine.heads))
    assert theirs.frames == []
    assert outside.frames == []
    assert f"queue:{live.company.queue_id}" not in {*theirs.heads, *outside.heads}


async def test_a_gap_is_filled_from_the_log(live: Live) -> None:
    start = await live.cursor(live.agent)
    for number in range(3):
        await live.send(f"while away {number}")
    missed = await live.missed(live.agent, start)
    follow_up = await live.missed(live.agent, missed["cursor"])
    assert "while away 2" in str(missed["frames"])
    assert (follow_up["frames"], follow_up["reset"]) == ([], False)


async def test_signing_out_closes_the_socket(live: Live) -> None:
    async with httpx.AsyncClient(base_url=live.url) as browser:
        signed_in = await browser.post("/api/auth/sign-in", json={"email": live.agent.email, "password": PASSWORD})
        cookie = signed_in.headers["set-cookie"].split(";")[0]
        async with following(live.url, live.company.id, signed_in.json()["accessToken"]) as follower:
            await browser.post("/api/auth/sign-out", headers={"Cookie": cookie})
            await follower.until_gone()
        assert follower.logged_out


async def test_disabling_a_user_closes_the_sockets(live: Live) -> None:
    colleague = await live.world.person(live.company, "agent")
    async with AsyncExitStack() as stack:
        stays = await stack.enter_async_context(following(live.url, live.company.id, live.agent.token))
        goes = await stack.enter_async_context(following(live.url, live.company.id, colleague.token))
        await live.world.owner.execute("update app_user set status = 'disabled' where id = $1", colleague.id)
        await goes.until_gone()
        assert goes.logged_out
        assert not stays.gone.is_set()


async def test_joining_a_queue_counts_at_the_next_renewal(live: Live) -> None:
    newcomer = await live.world.person(live.company, "agent")
    async with following(live.url, live.company.id, newcomer.token) as follower:
        await live.world.owner.execute(
            "insert into queue_member values ($1, $2, $3)", live.company.id, live.company.queue_id, newcomer.id
        )
        assert await follower.renew(newcomer.token) == {"ok": True}
        await until_following(live, follower)
