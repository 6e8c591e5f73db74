"""State that survives: SQLite holds a copy of what is in memory.

Memory is what decides while the process runs; the file is read once, at the start. Changes are collected and written
in one transaction *before* anything that depends on them leaves the process (`Store.commit`, called by every socket
write), so after `kill -9` no other side knows more than we do. There is no fsync: a crash of the machine may cost the
last moments, a crash of the process costs nothing that was seen.
"""

import sqlite3
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from recado_core.errors import ConfigurationError

Record = TypeVar("Record")

_SCHEMA = """
create table if not exists entry (
  kind text not null, key text not null, body blob not null, primary key (kind, key)
) without rowid
"""
_UPSERT = "insert into entry values (?, ?, ?) on conflict (kind, key) do update set body = excluded.body"


def _open(path: Path) -> sqlite3.Connection:
    """Raises ConfigurationError when the system does not let us keep anything there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("pragma journal_mode = wal")
        database.execute("pragma synchronous = off")
        database.execute(_SCHEMA)
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError(
            f"The data directory {path.parent} cannot be used: {error}. Choose another with --data-dir."
        ) from error
    return database


class Store:
    def __init__(self, path: Path) -> None:
        self._database = _open(path)
        self._dirty: dict[tuple[str, str], bytes | None] = {}

    def write(self, kind: str, key: str, body: bytes | None) -> None:
        """Remembers a change for the next commit; None removes."""
        self._dirty[kind, key] = body

    def read(self, kind: str) -> Iterator[tuple[str, bytes]]:
        yield from self._database.execute("select key, body from entry where kind = ? order by key", (kind,))

    def commit(self) -> None:
        if not self._dirty:
            return
        dirty, self._dirty = self._dirty, {}
        self._database.execute("begin")
        self._database.executemany(
            _UPSERT, ((kind, key, body) for (kind, key), body in dirty.items() if body is not None)
        )
        self._database.executemany(
            "delete from entry where kind = ? and key = ?", (place for place, body in dirty.items() if body is None)
        )
        self._database.execute("commit")

    def close(self) -> None:
        self.commit()
        self._database.close()


class Collection(MutableMapping[str, Record], Generic[Record]):
    """A mapping whose assignments reach the store. A record that was changed in place must be assigned again."""

    def __init__(self, store: Store, kind: str, record: Any) -> None:
        self._store = store
        self._kind = kind
        decoder = msgspec.msgpack.Decoder(record)
        self._encoder = msgspec.msgpack.Encoder()
        self._records: dict[str, Record] = {key: decoder.decode(body) for key, body in store.read(kind)}

    def __getitem__(self, key: str) -> Record:
        return self._records[key]

    def __setitem__(self, key: str, record: Record) -> None:
        self._records[key] = record
        self._store.write(self._kind, key, self._encoder.encode(record))

    def __delitem__(self, key: str) -> None:
        del self._records[key]
        self._store.write(self._kind, key, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)
