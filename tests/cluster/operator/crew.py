"""Sessions that no pod runs: the database hears of each that it is linked, online and alive."""

import asyncio
import threading
from types import TracebackType
from typing import Self

from tests.cluster.operator.office import Office

from recado_domain.provision import connect

BEAT_SECONDS = 2.0
_LINK = "update connection set jid = '5511' || substr(id::text, 1, 8) || '@s.whatsapp.net' where jid is null"
_BEAT = "update session_lease set state = 'online', reason = '', heartbeat_at = clock_timestamp() where epoch > 0"


class Crew:
    """Use as a context manager: heartbeats come from a thread of its own."""

    def __init__(self, office: Office) -> None:
        self._database = office.database.admin
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="crew", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(10)

    async def _run(self) -> None:
        connection = await connect(self._database)
        try:
            while not self._stop.is_set():
                await connection.execute(_LINK)
                await connection.execute(_BEAT)
                await asyncio.to_thread(self._stop.wait, BEAT_SECONDS)
        finally:
            await connection.close()
