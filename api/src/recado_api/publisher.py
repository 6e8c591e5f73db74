"""Lets frames and doorbells out after a commit, in order, without making a request wait for Redis.

While Redis is away the newest few thousand are kept and the rest is dropped: browsers find the events in the log
(the beacon tells them), listeners of doorbells poll.
"""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError
from socketio import AsyncRedisManager

from recado_api.realtime import wire
from recado_api.realtime.manager import CHANNEL
from recado_api.realtime.participants import namespace_of, room_of
from recado_api.redis_clients import in_time
from recado_core.log import logger
from recado_domain.broadcast import Frame

log = logger(__name__)

CAPACITY = 5000
REST_SECONDS = 0.5

Publication = tuple[str, str]


class _Writer(AsyncRedisManager):  # type: ignore[misc]  # the library has no annotations
    """python-socketio's own format of a published emit, handed to us instead of being sent with its retries."""

    def __init__(self, publish: Callable[[str, str], Awaitable[None]]) -> None:
        super().__init__(channel=CHANNEL, write_only=True, json=wire)
        self._hand_over = publish

    async def _publish(self, data: object) -> None:
        await self._hand_over(CHANNEL, wire.dumps(data))


class Publisher:
    """The domain's Broadcaster and Doorbell in one queue. `run` must run as long as the process."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: asyncio.Queue[Publication] = asyncio.Queue(CAPACITY)
        self._writer = _Writer(self.ring)

    async def emit(self, company_id: int, frame: Frame) -> None:
        await self._writer.emit(
            "frame", msgspec.to_builtins(frame), namespace=namespace_of(company_id), room=room_of(frame.stream)
        )

    async def ring(self, channel: str, payload: str) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
            self._waiting.task_done()
        self._waiting.put_nowait((channel, payload))

    async def run(self) -> None:
        while True:
            channel, payload = await self._waiting.get()
            try:
                async with in_time():
                    await self._redis.publish(channel, payload)
            except (RedisError, OSError) as error:
                log.warning("not published, others will poll", channel=channel, error=type(error).__name__)
                await asyncio.sleep(REST_SECONDS)
            finally:
                self._waiting.task_done()

    async def drain(self) -> None:
        """Returns when all that waits was tried."""
        await self._waiting.join()
