"""Sockets on a real server and a real Redis: who is let in, what each may hear, and when it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import socketio
from redis.asyncio import Redis
from socketio.exceptions import ConnectionError as SocketRefused
from tests.integration.api.directory import MemoryDirectory
from tests.integration.api.sockets import Follower, following, running

from recado_api.auth.errors import TooManyRequestsError
from recado_api.auth.tokens import AccessTokens
from recado_api.realtime.server import Realtime
from recado_api.settings import ApiSettings, WebSettings
from recado_core.clock import SystemClock
from recado_core.ids import new_id
from recado_core.settings import DatabaseSettings, RedisSettings
from recado_local.embedded.redis import EmbeddedRedis

SECRET = "w3Rt-realtime-test-secret-that-is-long-enough"
COMPANY, OTHER_COMPANY = 7, 8


class ShiftedClock(SystemClock):
    """The real time and as much more as the test says."""

    ahead = timedelta()

    def now(self) -> datetime:
        return super().now() + self.ahead


class Stand:
    """A realtime process with its port to the database in our hand."""

    def __init__(self, redis: RedisSettings) -> None:
        settings = ApiSettings(database=DatabaseSettings(host="unused"), redis=redis, web=WebSettings())
        self.directory = MemoryDirectory()
        self.tokens = AccessTokens(SECRET, SystemClock())
        self.clock = ShiftedClock()
        self.asked_too_often = False
        self.realtime = Realtime(settings, self.tokens, self.directory, self.clock, self._count)
        self.redis = redis
        self.writer = socketio.AsyncRedisManager(redis.uri, channel="recado", write_only=True)
        self.url = ""

    async def _count(self, _user_id: UUID) -> None:
        if self.asked_too_often:
            raise TooManyRequestsError(60)

    def user(self, *streams: str) -> UUID:
        user_id = new_id()
        self.directory.rights[user_id] = frozenset(streams)
        return user_id

    def token(self, user_id: UUID, company_id: int = COMPANY, lifetime: timedelta = timedelta(minutes=10)) -> str:
        issuer = AccessTokens(SECRET, SystemClock(), lifetime)
        return issuer.issue(user_id=user_id, company_id=company_id, session_id=UUID(int=1), token_version=1)[0]

    async def emit(self, company_id: int, stream: str, frame: Any) -> None:
        """As the worker does, from another process."""
        await self.writer.emit("frame", frame, namespace=f"/workspace-{company_id}", room=f"stream:{stream}")


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    """Beside the sockets only the server's start and stop."""
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def stand(redis_server: EmbeddedRedis) -> AsyncIterator[Stand]:
    stand = Stand(RedisSettings(uri=redis_server.uri))
    async with running(stand.realtime.wrap(_nothing)) as stand.url:
        yield stand
        await stand.realtime.stop()
    if stand.writer.redis is not None:
        await stand.writer.redis.aclose()


async def test_each_hears_only_its_company_and_streams(stand: Stand) -> None:
    sales, both = stand.user("company", "queue:a"), stand.user("company", "queue:a", "queue:b")
    foreign = stand.user("company", "queue:a", "queue:b")
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(following(stand.url, COMPANY, stand.token(sales)))
        two = await stack.enter_async_context(following(stand.url, COMPANY, stand.token(both)))
        other = await stack.enter_async_context(
            following(stand.url, OTHER_COMPANY, stand.token(foreign, OTHER_COMPANY))
        )
        await until_listening(stand, one, two)
        for number, stream in enumerate(["queue:a", "queue:b", "company"], start=1):
            await stand.emit(COMPANY, stream, {"stream": stream, "n": number})
        assert [frame["n"] for frame in await two.until_frames(3)] == [1, 2, 3]
        assert [frame["n"] for frame in await one.until_frames(2)] == [1, 3]
        assert other.frames == []


@pytest.mark.parametrize(
    "namespace",
    [
        "/workspace-8",
        "/workspace-07",
        "/workspace-7x",
        "/workspace-",
        "/",
        "/admin",
        "/workspace-7/",
        "/workspace-\u0667",
    ],
)
async def test_another_namespace_is_refused(stand: Stand, namespace: str) -> None:
    follower = Follower(COMPANY)
    follower.namespace = namespace
    with pytest.raises(SocketRefused):
        await follower.connect(stand.url, {"token": stand.token(stand.user("company"))})
    await follower.close()
    assert len(stand.realtime.participants) == 0


@pytest.mark.parametrize("auth", [{}, {"token": ""}, {"token": "x.y.z"}, {"token": 7}, {"token": None}, {"jwt": "x"}])
async def test_a_bad_token_is_refused(stand: Stand, auth: dict[str, Any]) -> None:
    follower = Follower(COMPANY)
    with pytest.raises(SocketRefused):
        await follower.connect(stand.url, auth)
    await follower.close()
    assert len(stand.realtime.participants) == 0


async def test_a_revoked_user_is_refused(stand: Stand) -> None:
    follower = Follower(COMPANY)
    with pytest.raises(SocketRefused):
        await follower.connect(stand.url, {"token": stand.token(new_id())})
    await follower.close()


async def test_polling_is_refused(stand: Stand) -> None:
    async with httpx.AsyncClient(base_url=stand.url) as client:
        answer = await client.get("/socket.io/", params={"EIO": "4", "transport": "polling"})
    assert answer.status_code == 400


@pytest.mark.parametrize(("origin", "allowed"), [("https://evil.example", False), ("http://127.0.0.1:8080", True)])
async def test_only_the_inbox_may_connect_from_a_browser(stand: Stand, origin: str, allowed: bool) -> None:  # noqa: FBT001 - a table of cases
    client = socketio.AsyncClient(reconnection=False)
    connecting = client.connect(
        stand.url,
        headers={"Origin": origin},
        auth={"token": stand.token(stand.user("company"))},
        namespaces=[f"/workspace-{COMPANY}"],
        transports=["websocket"],
    )
    if allowed:
        await connecting
    else:
        with pytest.raises(SocketRefused):
            await connecting
    await client.disconnect()


async def test_an_expired_token_ends_the_socket(stand: Stand) -> None:
    user = stand.user("company")
    async with following(stand.url, COMPANY, stand.token(user)) as follower:
        await stand.realtime.watch.expire()
        assert len(stand.realtime.participants) == 1
        stand.clock.ahead = timedelta(minutes=10)
        await stand.realtime.watch.expire()
        await follower.until_gone()
    assert follower.logged_out
    assert len(stand.realtime.participants) == 0


async def test_a_renewed_token_keeps_the_socket_and_reads_the_rights_anew(stand: Stand) -> None:
    user = stand.user("company", "queue:a")
    async with following(stand.url, COMPANY, stand.token(user)) as follower:
        stand.directory.rights[user] = frozenset({"company", "queue:b"})
        assert await follower.renew(stand.token(user, lifetime=timedelta(minutes=20))) == {"ok": True}
        stand.clock.ahead = timedelta(minutes=15)
        await stand.realtime.watch.expire()
        await until_listening(stand, follower)
        follower.frames.clear()
        for stream in ("queue:a", "queue:b"):
            await stand.emit(COMPANY, stream, {"stream": stream})
        assert [frame["stream"] for frame in await follower.until_frames(1)] == ["queue:b"]
        assert not follower.gone.is_set()


async def test_renewing_with_anothers_token_ends_the_socket(stand: Stand) -> None:
    mine, theirs = stand.user("company"), stand.user("company")
    async with following(stand.url, COMPANY, stand.token(mine)) as follower:
        await follower.client.emit("renew", {"token": stand.token(theirs)}, namespace=follower.namespace)
        await follower.until_gone()
        assert follower.logged_out


async def test_renewing_while_the_database_is_away_says_try_again(stand: Stand) -> None:
    user = stand.user("company")
    async with following(stand.url, COMPANY, stand.token(user)) as follower:
        stand.directory.away = True
        assert await follower.renew(stand.token(user)) == {"ok": False, "code": "unavailable"}
        assert not follower.gone.is_set()


async def test_somebody_who_renews_too_often_is_told_and_stays(stand: Stand) -> None:
    user = stand.user("company")
    async with following(stand.url, COMPANY, stand.token(user)) as follower:
        stand.asked_too_often = True
        assert await follower.renew(stand.token(user)) == {"ok": False, "code": "too_many_requests"}
        assert not follower.gone.is_set()
        again = Follower(COMPANY)
        with pytest.raises(SocketRefused):
            await again.connect(stand.url, {"token": stand.token(user)})
        await again.close()


async def test_a_revoked_user_loses_the_socket_others_stay(stand: Stand) -> None:
    leaver, stayer = stand.user("company"), stand.user("company")
    async with AsyncExitStack() as stack:
        gone = await stack.enter_async_context(following(stand.url, COMPANY, stand.token(leaver)))
        stays = await stack.enter_async_context(following(stand.url, COMPANY, stand.token(stayer)))
        del stand.directory.rights[leaver]
        await stand.realtime.watch.expel_revoked()
        await gone.until_gone()
        assert gone.logged_out
        assert not stays.gone.is_set()


@pytest.mark.parametrize("event", ["connect", "disconnect", "message", "frame"])
async def test_clients_cannot_call_the_servers_own_events(stand: Stand, event: str) -> None:
    user = stand.user("company")
    async with following(stand.url, COMPANY, stand.token(user)) as follower:
        await follower.client.emit(event, {"token": stand.token(user)}, namespace=follower.namespace)
        assert await follower.renew(stand.token(user)) == {"ok": True}
        assert len(stand.realtime.participants) == 1


async def test_the_beacon_tells_moved_heads_once(stand: Stand) -> None:
    user = stand.user("company", "queue:a")
    stand.directory.current = {COMPANY: {"company": 3, "queue:a": 5, "queue:b": 9}}
    async with following(stand.url, COMPANY, stand.token(user)) as follower:
        await stand.realtime.watch.tell_heads()
        await follower.until_head("queue:a", 5)
        follower.heads.clear()
        stand.directory.current[COMPANY]["company"] = 4
        await stand.realtime.watch.tell_heads()
        await follower.until_head("company", 4)
        assert follower.heads == {"company": 4}


async def test_a_transport_that_carries_nobody_is_closed(stand: Stand) -> None:
    follower = Follower(COMPANY)
    with pytest.raises(SocketRefused):
        await follower.connect(stand.url, {"token": "x.y.z"})
    idle = socketio.AsyncClient(reconnection=False)
    await idle.eio.connect(stand.url, transports=["websocket"], engineio_path="socket.io")
    await stand.realtime.watch.close_idle()
    await stand.realtime.watch.close_idle()
    assert not stand.realtime.server.environ
    await idle.eio.wait()
    await follower.close()


async def test_a_client_that_sends_too_much_is_cut_off(stand: Stand) -> None:
    async with following(stand.url, COMPANY, stand.token(stand.user("company"))) as follower:
        await follower.client.emit("renew", {"token": "x" * 70_000}, namespace=follower.namespace)
        await follower.until_gone()


async def until_listening(stand: Stand, *followers: Follower) -> None:
    """The listener starts with a process's first socket: probes until one arrives, then until the last one did."""
    probes = 0
    async with asyncio.timeout(5):
        while not followers[0].frames:
            probes += 1
            await stand.emit(COMPANY, "company", {"probe": probes})
            await asyncio.sleep(0.02)
    for follower in followers:
        while follower.frames[-1:] != [{"probe": probes}]:
            await follower.until_frames(len(follower.frames) + 1)
        follower.frames.clear()


async def test_redis_publishes_nothing_of_ours(stand: Stand) -> None:
    async with Redis.from_url(stand.redis.uri) as client, client.pubsub() as pubsub:
        await pubsub.subscribe("recado")
        async with following(stand.url, COMPANY, stand.token(stand.user("company"))) as follower:
            stand.directory.rights.clear()
            await stand.realtime.watch.expel_revoked()
            await follower.until_gone()
        heard = [await pubsub.get_message(timeout=0.1) for _ in range(3)]
    assert [message["type"] for message in heard if message] == ["subscribe"]
