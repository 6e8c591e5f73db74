"""Lets frames and doorbells out after a commit, in order, without making the projection wait for Redis.

While Redis is away the newest few thousand are kept and the rest is dropped: browsers find the events in the log (the
realtime process tells them which heads moved), and listeners of doorbells poll.
"""

import asyncio
from typing import Any

import msgspec
from redis.exceptions import RedisError
from socketio import AsyncRedisManager

from recado_core.log import logger
from recado_core.settings import RedisSettings
from recado_domain.broadcast import Frame
from recado_worker import metrics
from recado_worker.redis_clients import QUICK_SECONDS, quick_client

log = logger(__name__)

CHANNEL = "recado"
CAPACITY = 5000
AT_ONCE = 200

Publication = tuple[str, str]


class _Json:
    """What python-socketio wants of a JSON module; ids and times are already text."""

    @staticmethod
    def dumps(data: object) -> str:
        return msgspec.json.encode(data).decode()


class _Writer(AsyncRedisManager):  # type: ignore[misc]  # the library has no annotations
    """python-socketio's own format of a published emit, handed to us instead of being sent with its retries."""

    def __init__(self, publisher: "Publisher") -> None:
        super().__init__(channel=CHANNEL, write_only=True, json=_Json)
        self._publisher = publisher

    async def _publish(self, data: Any) -> None:
        await self._publisher.ring(CHANNEL, _Json.dumps(data))


class Publisher:
    """The domain's Broadcaster and Doorbell in one queue. `run` must run as long as the process."""

    def __init__(self, settings: RedisSettings) -> None:
        self._settings = settings
        self._waiting: asyncio.Queue[Publication] = asyncio.Queue(CAPACITY)
        self._writer = _Writer(self)

    async def emit(self, company_id: int, frame: Frame) -> None:
        await self._writer.emit(
            "frame", msgspec.to_builtins(frame), namespace=f"/workspace-{company_id}", room=f"stream:{frame.stream}"
        )

    async def ring(self, channel: str, payload: str) -> None:
        if self._waiting.full():
            self._waiting.get_nowait()
            self._waiting.task_done()
            metrics.PUBLICATIONS_DROPPED.inc()
        self._waiting.put_nowait((channel, payload))

    async def run(self) -> None:
        async with quick_client(self._settings) as redis:
            while True:
                batch = await self._next_batch()
                try:
                    pipeline = redis.pipeline(transaction=False)
                    for channel, payload in batch:
                        pipeline.publish(channel, payload)
                    await pipeline.execute()
                except (RedisError, OSError) as error:
                    metrics.PUBLICATIONS_DROPPED.inc(len(batch))
                    log.warning("not published, others will poll", count=len(batch), error=type(error).__name__)
                    await asyncio.sleep(QUICK_SECONDS)
                finally:
                    for _ in batch:
                        self._waiting.task_done()

    async def drain(self) -> None:
        """Returns when all that waits was tried."""
        await self._waiting.join()

    async def _next_batch(self) -> list[Publication]:
        batch = [await self._waiting.get()]
        while len(batch) < AT_ONCE and not self._waiting.empty():
            batch.append(self._waiting.get_nowait())
        return batch
