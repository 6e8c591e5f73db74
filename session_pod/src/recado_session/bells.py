"""Doorbells over Redis. They save up to a second and carry no truth: every failure is ignored here, by design."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from recado_core import bells
from recado_core.log import logger

log = logger(__name__)

RETRY_SECONDS = 1.0
ANSWER_SECONDS = 1.0


class Bells:
    def __init__(self, uri: str, company_id: int, connection_id: UUID) -> None:
        self._redis: Redis = Redis.from_url(uri, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=None)
        self._inbox = (bells.INBOX, bells.inbox_payload(company_id, connection_id))
        self._state = (bells.SESSION_STATE, str(connection_id))
        self._outbound = bells.outbound(connection_id)
        self._rung = asyncio.Event()
        self._due: dict[tuple[str, str], None] = {}
        self._any_due = asyncio.Event()
        self._wished = asyncio.Event()

    def ring_inbox(self) -> None:
        """Tells the workers, soon and at most once for many calls. Nobody waits for Redis."""
        self._ring(self._inbox)

    def ring_state(self) -> None:
        """Tells the operator that another state is stored; as above."""
        self._ring(self._state)

    def _ring(self, bell: tuple[str, str]) -> None:
        self._due[bell] = None
        self._any_due.set()

    async def wait(self, seconds: float) -> None:
        """Returns when the outbound bell rang, or after `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()

    async def wish(self) -> None:
        """Returns when somebody wants something of the session itself."""
        await self._wished.wait()
        self._wished.clear()

    def ring_here(self) -> None:
        """Somebody in this process knows of work."""
        self._rung.set()

    async def run(self) -> None:
        """Never returns. Without Redis the session polls, and this tries again each second."""
        await asyncio.gather(self._patiently(self._listen_once), self._patiently(self._ring_once))

    async def _patiently(self, once: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await once()
            except (RedisError, OSError, TimeoutError) as error:
                log.debug("no doorbell", problem=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    async def _ring_once(self) -> None:
        await self._any_due.wait()
        self._any_due.clear()
        due, self._due = self._due, {}
        for channel, payload in due:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._redis.publish(channel, payload)

    async def _listen_once(self) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(self._outbound)
            async for heard in channel.listen():
                (self._wished if heard["data"] == bells.WISH.encode() else self._rung).set()

    async def close(self) -> None:
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            await self._redis.aclose()
