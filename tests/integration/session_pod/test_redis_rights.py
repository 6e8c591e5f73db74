"""What a session's login to Redis is good for: its bells, and nothing that belongs to the platform or to others.

Two ways to that login: the script that the chart gives the bundled Redis, and the command that the guide names.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoPermissionError
from tests.unit.chart.charts import CHART, ROOT, named, render, values_of

from recado_core import bells
from recado_local.embedded import child, places
from recado_local.embedded.redis import EmbeddedRedis
from recado_session.bells import Bells

NUMBER = UUID("01890000-0000-7000-8000-000000000001")
PLATFORM, SESSION = "platforms-password", "sessions-password"
SOCKETS = "socketio"
"""The channel on which python-socketio's manager sends frames to browsers."""


class BundledRedis(EmbeddedRedis):
    """Started by the chart's own script, on a socket and with a folder of its own."""

    def __init__(self, data: Path, session_password: str) -> None:
        super().__init__(data)
        objects = render(values_of(CHART / "ci" / "minimal-values.yaml"))
        pod = named(objects, "StatefulSet", "recado-redis")["spec"]["template"]["spec"]
        *shell, script, name = pod["containers"][0]["command"]
        assert "/tmp/redis.conf" in script  # noqa: S108 - a path in the pod
        self._start = [*shell, script.replace("/tmp/redis.conf", str(data / "redis.conf")), name]  # noqa: S108 - as above
        self._environment = {"REDIS_PASSWORD": PLATFORM, "REDIS_SESSION_PASSWORD": session_password}

    def _command(self) -> child.Command:
        path = f"PATH={places.redis_server().parent}:{os.environ['PATH']}"
        given = [f"{name}={value}" for name, value in self._environment.items()]
        return ["/usr/bin/env", path, *given, *self._start, *super()._command()[1:]]

    def answers(self) -> bool:
        """It speaks to nobody without a password: the socket is there as soon as it listens."""
        return self.socket.exists()

    def login(self, user: str, password: str) -> str:
        return f"unix://{user}:{password}@{self.socket}"


async def say(client: Redis, command: str) -> None:
    await client.execute_command(*command.split())  # type: ignore[no-untyped-call]  # the library has no annotations there


@contextmanager
def started(directory: Path, session_password: str) -> Iterator[BundledRedis]:
    directory.mkdir()
    server = BundledRedis(directory, session_password)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.socket.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def bundled(servers_directory: Path) -> Iterator[BundledRedis]:
    with started(servers_directory / "bundled-redis", SESSION) as server:
        yield server


@pytest.fixture
async def platform(bundled: BundledRedis) -> AsyncIterator[Redis]:
    async with Redis.from_url(bundled.login("", PLATFORM)) as client:
        yield client


@pytest.fixture(params=["bundled", "documented"])
async def login(request: pytest.FixtureRequest, bundled: BundledRedis, platform: Redis) -> str:
    if request.param == "bundled":
        return bundled.login("session", SESSION)
    guide = (ROOT / "docs" / "guides" / "install.md").read_text()
    (rules,) = re.findall(r"^ACL SETUSER session on >… (.*)$", guide, re.MULTILINE)
    await say(platform, f"ACL SETUSER documented on >{SESSION} {rules}")
    return bundled.login("documented", SESSION)


async def test_a_session_rings_and_hears_its_bells(login: str, platform: Redis) -> None:
    session = Bells(login, 7, NUMBER)
    async with asyncio.timeout(20), platform.pubsub(ignore_subscribe_messages=True) as ear:
        await ear.subscribe(bells.INBOX, bells.SESSION_STATE)
        running = asyncio.create_task(session.run())
        session.ring_inbox()
        session.ring_state()
        heard = {(one["channel"].decode(), one["data"].decode()) for one in [await anext(ear.listen()) for _ in "12"]}
        assert heard == {(bells.INBOX, bells.inbox_payload(7, NUMBER)), (bells.SESSION_STATE, str(NUMBER))}
        while not await platform.publish(bells.outbound(NUMBER), bells.WISH):  # noqa: ASYNC110 - nothing else tells
            await asyncio.sleep(0)
        await session.wish()
        await platform.publish(bells.outbound(NUMBER), "")
        await session.wait(60)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    await session.close()


FORBIDDEN = [
    "GET saq:default:job",
    "SET saq:default:job x",
    "LPUSH saq:default:queued x",
    "KEYS *",
    "SCAN 0",
    "DBSIZE",
    "FLUSHALL",
    f"PUBLISH {SOCKETS} x",
    f"SUBSCRIBE {SOCKETS}",
    "SUBSCRIBE recado:bell:other",
    "PSUBSCRIBE *",
    "PSUBSCRIBE recado:bell:*",
    "PUBSUB CHANNELS",
    "CLIENT LIST",
    "CLIENT KILL TYPE pubsub",
    "CONFIG GET requirepass",
    "ACL LIST",
    "ACL WHOAMI",
    "INFO",
    "SELECT 1",
    "MULTI",
    "SCRIPT FLUSH",
]


@pytest.mark.parametrize("command", FORBIDDEN)
async def test_a_session_may_do_nothing_else(login: str, command: str) -> None:
    async with Redis.from_url(login, single_connection_client=True) as session:
        with pytest.raises(NoPermissionError):
            await say(session, command)


@pytest.mark.parametrize("command", FORBIDDEN)
async def test_the_platform_may(bundled: BundledRedis, command: str) -> None:
    """The commands above are refused for who asks, not for how they are written."""
    async with Redis.from_url(bundled.login("", PLATFORM), single_connection_client=True) as client:
        await say(client, command)


async def test_a_secret_of_an_earlier_release_makes_no_user(servers_directory: Path) -> None:
    """Not one without a password, above all."""
    with started(servers_directory / "earlier-redis", "") as server:
        async with Redis.from_url(server.login("", PLATFORM)) as client:
            assert [user.split()[1] for user in await client.acl_list()] == ["default"]
        async with Redis.from_url(server.login("session", "")) as session:
            with pytest.raises(RedisConnectionError, match="invalid username-password pair"):
                await say(session, "PING")
