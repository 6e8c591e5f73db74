"""A look behind the curtain as PostgreSQL's superuser, for what no interface shows: epochs, quarantine, timings."""

import asyncio
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg

from recado_local.embedded import places


class Superuser:
    """Blocking, for tests that are otherwise blocking. Values are passed as `%s`, as everywhere else."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._loop = asyncio.new_event_loop()

    def __enter__(self) -> Self:
        self._connection = self._run(
            asyncpg.connect(
                host=str(places.socket_directory(self._data)),
                user="postgres",
                password=(self._data / "postgres.password").read_text(),
                database="recado",
            )
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._run(self._connection.close())
        self._loop.close()

    def value(self, query: str, *values: Any) -> Any:
        return self._run(self._connection.fetchval(_numbered(query), *values))

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._run(self._connection.fetch(_numbered(query), *values))]

    def execute(self, statement: str, *values: Any) -> None:
        self._run(self._connection.execute(_numbered(statement), *values))

    def script(self, statements: str) -> None:
        """Many statements at once, without values."""
        self._run(self._connection.execute(statements))

    def insert_inbox_row(self, *, kind: str, raw: bytes) -> None:
        """A row as the only connection's session would have stored it."""
        self.execute(
            "insert into inbox_event (company_id, connection_id, event_key, epoch, kind, raw, received_at) "
            "select company_id, connection_id, gen_random_uuid()::text, epoch, %s, %s, now() "
            "from session_lease limit 1",
            kind,
            raw,
        )

    def _run(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)


def _numbered(query: str) -> str:
    parts = query.split("%s")
    return "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], start=1)) + parts[-1]
