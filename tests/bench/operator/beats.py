"""Sessions that beat and are linked, as far as PostgreSQL tells: fake nodes run no session that could say so itself.

Without a heartbeat the operator takes a session for hung after half a minute, and rightly starts another.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.bench.operator.ground import Ground

BEAT_SECONDS = 5
_BEAT = "update session_lease set heartbeat_at = clock_timestamp() where epoch > 0"
_ONLINE = "update session_lease set state = 'online'"
_LINK = """
update connection set jid = id || '@s.whatsapp.net', phone = '+5511' || lpad(place::text, 9, '0')
from (select id as one, row_number() over (order by id) as place from connection) numbered where id = one
"""


@asynccontextmanager
async def beating(ground: Ground) -> AsyncIterator[None]:
    """Each session beats every five seconds while the block runs."""
    database = await ground.database()

    async def beat() -> None:
        while True:
            await database.execute(_BEAT)
            await asyncio.sleep(BEAT_SECONDS)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
        await asyncio.wait({beats})
        await database.close()


async def link(ground: Ground) -> None:
    """All sessions at once have a phone and are online."""
    database = await ground.database()
    await database.execute(_LINK)
    await database.execute(_ONLINE)
    await database.close()
