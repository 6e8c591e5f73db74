"""A bell that cannot be rung is no reason to fail: listeners poll."""

from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from recado_domain.broadcast import Frame, SilentBroadcaster
from recado_domain.doorbell import RedisDoorbell, SilentDoorbell


class BrokenRedis:
    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked: list[tuple[str, str]] = []

    async def publish(self, channel: str, payload: str) -> None:
        self.asked.append((channel, payload))
        raise self.error


@pytest.mark.parametrize("error", [RedisConnectionError("gone"), OSError("refused")])
async def test_a_broken_redis_is_survived(error: Exception) -> None:
    redis: Any = BrokenRedis(error)
    await RedisDoorbell(redis).ring("bell", "1")
    assert redis.asked == [("bell", "1")]


async def test_other_errors_are_not_hidden() -> None:
    redis: Any = BrokenRedis(ValueError("a bug"))
    with pytest.raises(ValueError, match="a bug"):
        await RedisDoorbell(redis).ring("bell", "1")


async def test_silence_is_allowed() -> None:
    assert await SilentDoorbell().ring("bell", "") is None  # type: ignore[func-returns-value]
    assert await SilentBroadcaster().emit(1, Frame("company", 0, 1, [])) is None  # type: ignore[func-returns-value]
