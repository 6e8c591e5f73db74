"""What each sabotaged twin breaks. Every entry must make its fault module fail; one that does not proves nothing.

A twin is a list of (module, patch); the patch runs right after the module was loaded, in any process of the stack.
"""

import asyncio
from collections.abc import Callable
from types import ModuleType
from typing import Any

from sqlalchemy import text

Patch = Callable[[Any], None]
BUFFER_SECONDS = 1.0


def _append_to_memory_only(journal: Any) -> None:
    """The journal forgets with its process."""

    class Refusing:
        """A disk that takes nothing."""

        size, closed, last_seq = 0, False, 0

        def append(self, record: Any) -> bool:
            self.last_seq = record.journal_seq
            return False

        def close(self) -> None: ...

        def remove(self) -> None: ...

    journal.Journal._open_segment = lambda _: Refusing()


def _store_late(ingest: Any) -> None:
    """Events wait a second in memory before PostgreSQL gets them."""
    store = ingest.Ingest._store

    async def late(self: Any, batch: Any) -> None:
        await asyncio.sleep(BUFFER_SECONDS)
        await store(self, batch)

    ingest.Ingest._store = late


def _end_without_storing(session: Any) -> None:
    """The orderly end leaves out its most important step."""

    async def nothing(*_: Any) -> None: ...

    session.Session._store_the_rest = nothing


def _hide_unclean_exits(sessions: Any) -> None:
    sessions.ProcessSessions._note_unclean = lambda *_: None


def _retry_blindly(gateway: Any) -> None:
    """Takes every unsure attempt for one that never left."""

    async def never(*_: Any) -> None:
        return None

    gateway.NeonizeGateway.find_attempt = never


def _mark_before_applying(projection: Any) -> None:
    """Two transactions where one is promised: rows are done first, and applied a moment later."""

    async def batch(self: Any, company_id: int, connection_id: Any, *, careful: bool) -> int:
        async with self._database.company(company_id) as work:
            rows = await projection.read_batch(work, connection_id, projection.ROWS)
            await work.execute(
                text("update inbox_event set state = 'done' where id = any(:rows)"), {"rows": [row.id for row in rows]}
            )
        await asyncio.sleep(BUFFER_SECONDS / 2)
        async with self._database.company(company_id) as work:
            decoded = [projection._decoded(row) for row in rows]
            await projection.apply_batch(work, connection_id, decoded, careful=careful)
        return len(rows)

    projection.Projector._batch = batch


def _choke_on_bad_rows(projection: Any) -> None:
    """A row that cannot be read stops the batch instead of standing aside."""
    decoded = projection._decoded

    def strict(row: Any) -> Any:
        answer = decoded(row)
        if isinstance(answer[1], projection.Unreadable):
            raise TypeError(answer[1].reason)
        return answer

    projection._decoded = strict


TWINS: dict[str, list[tuple[str, Callable[[ModuleType], None]]]] = {
    "forgetful_session": [
        ("recado_session.journal", _append_to_memory_only),
        ("recado_session.ingest", _store_late),
        ("recado_session.session", _end_without_storing),
    ],
    "silent_operator": [("recado_local.sessions", _hide_unclean_exits)],
    "two_transactions": [("recado_worker.projection", _mark_before_applying)],
    "no_quarantine": [("recado_worker.projection", _choke_on_bad_rows)],
    "blind_retry": [("recado_session.engine.binding.gateway", _retry_blindly)],
}
