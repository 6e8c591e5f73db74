"""Rings doorbells (`recado_core.bells`) after a commit. Listeners poll too, so a bell that fails is not an error."""

from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from recado_core.log import logger

log = logger(__name__)


class Doorbell(Protocol):
    async def ring(self, channel: str, payload: str) -> None: ...


class RedisDoorbell:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def ring(self, channel: str, payload: str) -> None:
        try:
            await self._redis.publish(channel, payload)
        except (RedisError, OSError) as error:
            log.warning("doorbell failed, listeners will poll", channel=channel, error=str(error))


class SilentDoorbell:
    """For processes and tests where everybody polls."""

    async def ring(self, channel: str, payload: str) -> None:
        """Nobody listens."""
