"""An append-only journal on disk: what WhatsApp handed to us and PostgreSQL does not have yet.

WhatsApp is told "received" before we see a message, so it must be on disk before the engine's callback returns. There
is no fsync: the file outlives the process (SIGKILL included), not the machine. Records wait in memory as well, which
is cheap: a session that cannot reach PostgreSQL for 20 seconds ends. A record that the disk refuses (full) is kept in
memory and counted. Replays are harmless, because each record carries the key of its event.
"""

import asyncio
import fcntl
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from recado_core.errors import ConfigurationError, RecadoError
from recado_core.log import logger
from recado_session import frames
from recado_session.gateway import BATCH, Inbound, InboundKind
from recado_session.segments import Segment

log = logger(__name__)

SEGMENT_BYTES = 8 * 1024 * 1024
SUFFIX = ".journal"
KILLED = "killed-"


class JournalInUseError(RecadoError):
    code = "session.journal_in_use"
    title = "Another session still writes this journal"


class Journal:
    """Thread-safe: `append` is called by the engine's threads, everything else by the event loop."""

    def __init__(self, directory: Path, owner: str, segment_bytes: int = SEGMENT_BYTES) -> None:
        self._directory = directory
        self._segment_bytes = segment_bytes
        self._guard = threading.Lock()
        self._pending: deque[Inbound] = deque()
        self._segments: deque[Segment] = deque()
        self._seq = 0
        self._file_number = 0
        self._more = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._online_mark = directory / "online"
        self.unwritten = 0
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = _take_lock(directory, owner)
        self.ended_uncleanly = self._online_mark.exists()
        self.unclean_ends = self._count_unclean_ends()
        """Since this directory is there: in a pod, over all restarts of its container."""
        self._replay()

    @property
    def depth(self) -> int:
        return len(self._pending)

    def append(self, kind: InboundKind, key: str, raw: bytes) -> None:
        """Returns when the record is with the kernel, so that the death of this process cannot take it."""
        with self._guard:
            self._seq += 1
            record = Inbound(self._seq, key, kind, datetime.now(UTC), raw)
            if not self._open_segment().append(record):
                self.unwritten += 1
            self._pending.append(record)
        self._loop.call_soon_threadsafe(self._more.set)

    async def batches(self, limit: int = BATCH) -> AsyncIterator[Sequence[Inbound]]:
        """From the first record that is not committed, in order; waits for more for ever."""
        seen = 0
        while True:
            self._more.clear()
            if batch := self._after(seen, limit):
                seen = batch[-1].journal_seq
                yield batch
            else:
                await self._more.wait()

    def commit(self, seq: int) -> None:
        """Everything up to `seq` is stored elsewhere: files that hold nothing else go away."""
        with self._guard:
            while self._pending and self._pending[0].journal_seq <= seq:
                self._pending.popleft()
            while self._segments and self._segments[0].last_seq <= seq:
                self._segments.popleft().remove()

    def mark_online(self) -> None:
        """From now on, a process that just vanishes may take messages with it that only the engine has."""
        self._online_mark.touch()

    def close(self) -> None:
        """The orderly end: the engine was disconnected and had nothing more to say."""
        self._online_mark.unlink(missing_ok=True)
        with self._guard:
            for segment in self._segments:
                segment.close()
        os.close(self._lock)

    def _count_unclean_ends(self) -> int:
        """The mark of each stays under a number of its own: one step, which not even a full disk refuses."""
        count = len(list(self._directory.glob(f"{KILLED}*")))
        if not self.ended_uncleanly:
            return count
        self._online_mark.rename(self._directory / f"{KILLED}{count + 1}")
        return count + 1

    def _after(self, seen: int, limit: int) -> list[Inbound]:
        with self._guard:
            waiting = (record for record in self._pending if record.journal_seq > seen)
            return [record for record, _ in zip(waiting, range(limit), strict=False)]

    def _open_segment(self) -> Segment:
        if not self._segments or self._segments[-1].size >= self._segment_bytes or self._segments[-1].closed:
            self._file_number += 1
            self._segments.append(Segment.create(self._directory / f"{self._file_number:016d}{SUFFIX}"))
        return self._segments[-1]

    def _replay(self) -> None:
        for path in sorted(self._directory.glob(f"*{SUFFIX}")):
            records = list(frames.read(path.read_bytes()))
            for record in records:
                self._seq += 1
                self._pending.append(frames.inbound(self._seq, record))
            self._segments.append(Segment.replayed(path, self._seq))
            self._file_number = int(path.stem)
        while self._segments and self._segments[0].last_seq == 0:  # nothing but a torn record
            self._segments.popleft().remove()
        if self._pending:
            self._more.set()
            log.info("journal replayed", records=len(self._pending))


def _take_lock(directory: Path, owner: str) -> int:
    """One process at a time, of one connection only. The kernel lets go when the process dies."""
    handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise JournalInUseError(f"Another process holds {directory}. End it, or wait until it has ended.") from error
    found = os.read(handle, 200).decode()
    if found not in ("", owner):
        os.close(handle)
        raise ConfigurationError(f"{directory} holds the journal of {found}. Give {owner} a directory of its own.")
    if not found:
        os.write(handle, owner.encode())
    return handle
