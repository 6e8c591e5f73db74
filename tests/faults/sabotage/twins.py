"""What each sabotaged twin breaks. Every entry must make its fault module fail; one that does not proves nothing.

A twin is a list of (module, patch); the patch runs right after the module was loaded, in any process of the stack.
"""

import asyncio
from collections.abc import Callable
from types import ModuleType
from typing import Any

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


def _hide_unclean_exits(journal: Any) -> None:
    journal.Journal.mark_online = lambda _: None


def _retry_blindly(gateway: Any) -> None:
    """Takes every unsure attempt for one that never left."""

    async def never(*_: Any) -> None:
        return None

    gateway.NeonizeGateway.find_attempt = never


TWINS: dict[str, list[tuple[str, Callable[[ModuleType], None]]]] = {
    "forgetful_session": [
        ("recado_session.journal", _append_to_memory_only),
        ("recado_session.ingest", _store_late),
        ("recado_session.session", _end_without_storing),
    ],
    "silent_session": [("recado_session.journal", _hide_unclean_exits)],
    "blind_retry": [("recado_session.engine.gateway", _retry_blindly)],
}
