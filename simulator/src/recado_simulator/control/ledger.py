"""The ledger: what really happened on the wire, for tests that judge others by it.

Append-only, numbered from 1 without gaps, one JSON line each in the data directory. It is written here and never read
by anything that behaves, so a mistake in the simulator's logic cannot also correct the record of it.
"""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec


class Ledger:
    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._entries: list[dict[str, Any]] = _read_whole_lines(path)
        self._file = path.open("ab", buffering=0)
        self._encoder = msgspec.json.Encoder()
        self._arrivals: Counter[tuple[str, ...]] = Counter()
        for entry in self._entries:
            if entry["kind"] == "arrived":
                self._count(entry["phone"], entry["from"], entry["wa_id"], entry["text"])

    def arrived(self, *, phone: str, sender: str, wa_id: str, text: str, content: str) -> None:
        """A customer's phone read a message: says how often this id and this text came from there so far."""
        same_id, same_text = self._count(phone, sender, wa_id, text)
        facts = {"phone": phone, "from": sender, "text": text, "content": content}
        self.append("arrived", id=wa_id, wa_id=wa_id, **facts, same_id=same_id, same_text=same_text)

    def append(self, kind: str, **facts: Any) -> None:
        entry = {"n": len(self._entries) + 1, "at": int(self._clock() * 1000), "kind": kind, **facts}
        self._entries.append(entry)
        self._file.write(self._encoder.encode(entry) + b"\n")

    def after(self, number: int, limit: int) -> list[dict[str, Any]]:
        return self._entries[max(number, 0) : max(number, 0) + limit]

    def _count(self, phone: str, sender: str, wa_id: str, text: str) -> tuple[int, int]:
        by_id, by_text = ("id", phone, sender, wa_id), ("text", phone, sender, text)
        self._arrivals.update((by_id, by_text))
        return self._arrivals[by_id], self._arrivals[by_text]

    def __len__(self) -> int:
        return len(self._entries)

    def close(self) -> None:
        self._file.close()


def _read_whole_lines(path: Path) -> list[dict[str, Any]]:
    """What an earlier process wrote; a line that it could not finish is cut off."""
    if not path.exists():
        return []
    whole, _, rest = path.read_bytes().rpartition(b"\n")
    if rest:
        path.write_bytes(whole + b"\n" if whole else b"")
    return [msgspec.json.decode(line) for line in whole.splitlines()]
