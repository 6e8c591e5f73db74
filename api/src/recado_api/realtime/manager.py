"""Hears the frames that writers publish and hands them to the sockets of this process.

Only the listener differs from python-socketio's: theirs backs off to a minute after an outage, ours to a second.
Nothing is ever published through this manager; what this process tells its own sockets stays in it (`ignore_queue`).
"""

from collections.abc import AsyncGenerator

from socketio import AsyncRedisManager

from recado_api.realtime import wire
from recado_api.redis_clients import follow
from recado_core.settings import RedisSettings

CHANNEL = "recado"


class FollowingManager(AsyncRedisManager):  # type: ignore[misc]  # the library has no annotations
    def __init__(self, settings: RedisSettings) -> None:
        super().__init__(settings.uri, channel=CHANNEL, json=wire)
        self._settings = settings

    async def _listen(self) -> AsyncGenerator[bytes, None]:
        async for payload in follow(self._settings, CHANNEL):
            yield payload
