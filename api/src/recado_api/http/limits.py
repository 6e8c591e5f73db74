"""How often somebody may ask. Counted in Redis for all processes together.

Redis may be away: then sign-in goes on counting in this process (guessing passwords stays slow), everything else is
let through (nobody stops working because a cache is down). After a failure Redis is left alone for two seconds.
"""

import hashlib
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from recado_api.auth.errors import TooManyRequestsError
from recado_api.redis_clients import in_time
from recado_core.clock import Clock
from recado_core.log import logger

log = logger(__name__)

T = TypeVar("T")

REST_SECONDS = 2.0
SIGN_INS_PER_ACCOUNT = RateLimitItemPerMinute(10)


class RateLimits:
    def __init__(self, redis: Redis, clock: Clock, *, requests_per_minute: int, sign_ins_per_address: int) -> None:
        options: dict[str, Any] = {"connection_pool": redis.connection_pool}
        storage = RedisStorage("async+redis://", implementation="redispy", key_prefix="recado:limit", **options)
        self._shared = FixedWindowRateLimiter(storage)
        self._own: FixedWindowRateLimiter | None = None
        self._clock = clock
        self._away_until = 0.0
        self._requests = RateLimitItemPerMinute(requests_per_minute)
        self._sign_ins = RateLimitItemPerMinute(sign_ins_per_address)

    async def count_request(self, user_id: UUID) -> None:
        """Raises TooManyRequestsError."""
        if await self._hit_shared(self._requests, "user", user_id.hex) is False:
            raise TooManyRequestsError(self._requests.get_expiry())

    async def count_sign_in(self, email: str, address: str) -> None:
        """Raises TooManyRequestsError. By account and address together, and by address alone."""
        for item, key in ((self._sign_ins, address), (SIGN_INS_PER_ACCOUNT, _account(email, address))):
            allowed = await self._hit_shared(item, "sign-in", key)
            if allowed is None:
                allowed = await self._own_limiter().hit(item, "sign-in", key)
            if not allowed:
                raise TooManyRequestsError(item.get_expiry())

    async def forgive_sign_ins(self, email: str, address: str) -> None:
        """The password was right: whoever signs in often is no guesser."""
        key = _account(email, address)
        await self._shared_or_none(self._shared.clear(SIGN_INS_PER_ACCOUNT, "sign-in", key))
        await self._own_limiter().clear(SIGN_INS_PER_ACCOUNT, "sign-in", key)

    async def _hit_shared(self, item: RateLimitItem, *key: str) -> bool | None:
        """None when Redis does not answer."""
        return await self._shared_or_none(self._shared.hit(item, *key))

    async def _shared_or_none(self, asked: Coroutine[Any, Any, T]) -> T | None:
        if self._clock.monotonic() < self._away_until:
            asked.close()
            return None
        try:
            async with in_time():
                return await asked
        except (RedisError, OSError) as error:
            log.warning("rate limits without Redis", error=type(error).__name__)
            self._away_until = self._clock.monotonic() + REST_SECONDS
            return None

    def _own_limiter(self) -> FixedWindowRateLimiter:
        """Made at first need: the storage wants a running event loop."""
        if self._own is None:
            self._own = FixedWindowRateLimiter(MemoryStorage())
        return self._own


def _account(email: str, address: str) -> str:
    """No e-mail address stands in Redis."""
    return f"{hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]}:{address}"
