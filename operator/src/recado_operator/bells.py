"""Doorbells of the operator: it rings the workers, and hears when a session's state changed. All may be lost."""

import asyncio
import contextlib
from collections.abc import Callable
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from recado_core import bells
from recado_core.log import logger

RETRY_SECONDS = 1.0
ANSWER_SECONDS = 1.0

log = logger(__name__)


class RedisBells:
    def __init__(self, uri: str) -> None:
        self._redis: Redis = Redis.from_url(uri, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=None)

    async def ring(self, company_id: int, connection_id: UUID) -> None:
        await self._publish(bells.INBOX, bells.inbox_payload(company_id, connection_id))

    async def ring_session(self, connection_id: UUID) -> None:
        await self._publish(bells.outbound(connection_id), bells.WISH)

    async def follow(self, rung: Callable[[UUID], None]) -> None:
        """Never returns: hands on each connection whose session told a new state."""
        while True:
            try:
                await self._follow_once(rung)
            except (RedisError, OSError) as error:
                log.debug("no doorbell", problem=repr(error))
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow_once(self, rung: Callable[[UUID], None]) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(bells.SESSION_STATE)
            async for message in channel.listen():
                with contextlib.suppress(ValueError):
                    rung(UUID(message["data"].decode()))

    async def _publish(self, channel: str, payload: str) -> None:
        """Whoever is meant looks by itself too, a little later."""
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._redis.publish(channel, payload)

    async def aclose(self) -> None:
        with contextlib.suppress(RedisError, OSError, TimeoutError):
            await self._redis.aclose()
