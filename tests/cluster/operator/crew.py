"""Sessions that no pod runs: the database hears of each that it is linked, online and alive."""

import asyncio

from tests.cluster.operator.background import Background
from tests.cluster.operator.office import Office

from recado_domain.provision import connect

BEAT_SECONDS = 2.0
_LINK = "update connection set jid = '5511' || substr(id::text, 1, 8) || '@s.whatsapp.net' where jid is null"
_BEAT = "update session_lease set state = 'online', reason = '', heartbeat_at = clock_timestamp() where epoch > 0"


class Crew(Background):
    """Use as a context manager: heartbeats come from a thread of its own."""

    def __init__(self, office: Office) -> None:
        super().__init__("crew", last_seconds=10)
        self._database = office.database.admin

    def _work(self) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        connection = await connect(self._database)
        try:
            while not self._ended.is_set():
                await connection.execute(_LINK)
                await connection.execute(_BEAT)
                await asyncio.to_thread(self._ended.wait, BEAT_SECONDS)
        finally:
            await connection.close()
