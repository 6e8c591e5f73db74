"""Whether what the API stands on answers, and how soon it must."""

import asyncio
from http import HTTPStatus

from redis.exceptions import RedisError

from recado_api.redis_clients import in_time
from recado_api.services import Services
from recado_core.errors import RecadoError
from recado_core.log import logger

log = logger(__name__)

PATIENCE_SECONDS = 2.0


class NotReadyError(RecadoError):
    code = "not_ready"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "Not ready"


async def require_ready(services: Services) -> None:
    """Raises NotReadyError that names what does not answer."""
    database, redis = await asyncio.gather(_database_answers(services), _redis_answers(services))
    missing = [name for name, answers in (("database", database), ("redis", redis)) if not answers]
    if missing:
        raise NotReadyError(f"No answer from: {', '.join(missing)}. Look at it first; the API comes back by itself")


async def _database_answers(services: Services) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), services.database.system():
            return True
    except Exception as error:  # noqa: BLE001 - whatever it is, the database does not answer
        log.warning("the database does not answer", error=type(error).__name__)
        return False


async def _redis_answers(services: Services) -> bool:
    try:
        async with in_time():
            await services.redis.publish("recado:health", "")
            return True
    except (RedisError, OSError) as error:
        log.warning("Redis does not answer", error=type(error).__name__)
        return False
