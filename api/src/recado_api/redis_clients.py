"""How this process talks to Redis: quick to give up, quick to come back; nothing in Redis is worth waiting for.

redis-py's own defaults retry with pauses of seconds, and python-socketio's listener sleeps up to a minute; a doorbell
that rings so late is worse than one that does not ring. Nor do we use its `socket_timeout`: it is made with
asyncio.wait_for, which before Python 3.12 swallows cancellations, and tasks that cannot be cancelled hang a shutdown.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from recado_core.log import logger
from recado_core.settings import RedisSettings

log = logger(__name__)

TIMEOUT_SECONDS = 1.0
RECONNECT_SECONDS = 1.0
SILENCE_SECONDS = 5.0
"""After so long without a word the server is asked whether it still lives."""


def in_time() -> asyncio.Timeout:
    """Around every use of a client: raises TimeoutError instead of waiting for a Redis that does not answer."""
    return asyncio.timeout(TIMEOUT_SECONDS)


def create_client(settings: RedisSettings) -> Redis:
    pool = BlockingConnectionPool.from_url(settings.uri, max_connections=20, timeout=TIMEOUT_SECONDS, **_options())
    return Redis.from_pool(pool)


def _options() -> dict[str, Any]:
    return {"socket_connect_timeout": TIMEOUT_SECONDS, "socket_timeout": None, "retry": Retry(NoBackoff(), 1)}


async def follow(settings: RedisSettings, channel: str) -> AsyncIterator[bytes]:
    """What is published on `channel`, for ever. After an outage it is back within a second or two of Redis."""
    while True:
        try:
            async with Redis.from_url(settings.uri, **_options()) as client, client.pubsub() as pubsub:
                async with in_time():
                    await pubsub.subscribe(channel)
                while True:
                    if (payload := await _hear(pubsub)) is not None:
                        yield payload
        except (RedisError, OSError) as error:
            log.warning("not hearing Redis", channel=channel, error=type(error).__name__)
        await asyncio.sleep(RECONNECT_SECONDS)


async def _hear(pubsub: PubSub) -> bytes | None:
    """One payload, or None for a sign of life. Raises ConnectionError when there is not even that."""
    message = await pubsub.get_message(timeout=SILENCE_SECONDS)
    if message is None:
        await pubsub.ping()
        message = await pubsub.get_message(timeout=TIMEOUT_SECONDS)
    if message is None:
        raise ConnectionError("Redis is silent")
    return message["data"] if message["type"] == "message" else None
