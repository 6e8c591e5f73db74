"""Lets a process wait until its database has the schema that it needs. Every role that may connect can see that: the
revision stands in the comment on the database, where no right on a table is asked for.
"""

import asyncio
from http import HTTPStatus

import asyncpg

from recado_core.clock import Clock
from recado_core.errors import RecadoError
from recado_core.log import logger
from recado_core.settings import DatabaseSettings
from recado_domain.migrate import MARK
from recado_domain.provision import connect

log = logger(__name__)

PAUSE_SECONDS = 1.0

COMMENT = "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"


class NotMigratedError(RecadoError):
    code = "database.not_migrated"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The database is not ready yet"


async def wait_for_database(settings: DatabaseSettings, patience: float, clock: Clock, revision: str = "") -> None:
    """Returns when one can log in and the schema is `revision` or a newer one. Raises NotMigratedError after `patience`
    seconds.
    """
    give_up = clock.monotonic() + patience
    while missing := await _missing(settings, revision):
        if clock.monotonic() > give_up:
            raise NotMigratedError(missing)
        log.info("waiting for the database", missing=missing)
        await asyncio.sleep(PAUSE_SECONDS)


async def _missing(settings: DatabaseSettings, revision: str) -> str:
    """What there is to wait for; empty when nothing."""
    try:
        found = await _revision(settings)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        return f"No login as {settings.user} at {settings.host}:{settings.port}: {error}. Look at the database first"
    if found < revision:
        return f"The schema is {found or 'empty'}, this release needs {revision}. Look at the job that migrates"
    return ""


async def _revision(settings: DatabaseSettings) -> str:
    connection = await connect(settings)
    try:
        return str(await connection.fetchval(COMMENT) or "").removeprefix(MARK)
    finally:
        await connection.close()
