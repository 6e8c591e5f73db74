"""How the worker talks to Redis. One client for each way of waiting: SAQ's blocks in BLMOVE, the publisher's gives up
at once, the listener's holds a subscription; a shared pool would let one starve the others.
"""

import asyncio
from collections.abc import AsyncIterator

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from recado_core.log import logger
from recado_core.settings import RedisSettings
from recado_worker.backoff import Backoff

log = logger(__name__)

QUICK_SECONDS = 1.0
SILENCE_SECONDS = 5.0
"""After so long without a word the listener asks whether Redis still lives."""

BLOCKING_SECONDS = 1.0
"""How long a BLMOVE waits for a job. Finite, so that an idle worker can end within it."""

HUNG_SECONDS = 10.0
"""A Redis that answers nothing for so long is gone, though the socket says otherwise. Above BLOCKING_SECONDS: SAQ's
endless BLMOVE under a shorter time-out reconnects for ever (back-end research, finding 5)."""


def queue_client(settings: RedisSettings, concurrency: int) -> Redis:
    """For SAQ: one connection for each waiting BLMOVE, some for the rest."""
    return _client(settings, connections=concurrency + 8, seconds=HUNG_SECONDS)


def quick_client(settings: RedisSettings) -> Redis:
    """For publishing: fails rather than waits."""
    return _client(settings, connections=4, seconds=QUICK_SECONDS)


def _client(settings: RedisSettings, *, connections: int, seconds: float) -> Redis:
    pool = BlockingConnectionPool.from_url(
        settings.uri,
        max_connections=connections,
        timeout=seconds,
        socket_timeout=seconds,
        socket_connect_timeout=QUICK_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
    return Redis(connection_pool=pool)


async def follow(settings: RedisSettings, channel: str) -> AsyncIterator[str]:
    """What is published on `channel`, for ever; after an outage it is back about a second after Redis."""
    backoff = Backoff()
    while True:
        try:
            async with quick_client(settings) as client, client.pubsub() as pubsub:
                await pubsub.subscribe(channel)
                while True:
                    payload = await _hear(pubsub)
                    if backoff.succeeded():
                        log.info("hearing Redis again", channel=channel)
                    if payload is not None:
                        yield payload
        except (RedisError, OSError) as error:
            pause = backoff.failed()
            log.warning("not hearing Redis, polling meanwhile", channel=channel, error=type(error).__name__)
            await asyncio.sleep(pause)


async def _hear(pubsub: PubSub) -> str | None:
    """One payload, or None for a sign of life. Raises ConnectionError when there is not even that."""
    message = await pubsub.get_message(timeout=SILENCE_SECONDS)
    if message is None:
        await pubsub.ping()
        message = await pubsub.get_message(timeout=QUICK_SECONDS)
    if message is None:
        raise ConnectionError("Redis is silent")
    return message["data"].decode(errors="replace") if message["type"] == "message" else None
