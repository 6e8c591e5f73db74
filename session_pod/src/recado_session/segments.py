"""One file of the journal. Written by one process only: a new process starts a new file, so a torn end stays an end."""

import os
from pathlib import Path
from typing import Self

from recado_core.log import logger
from recado_session import frames
from recado_session.gateway import Inbound

log = logger(__name__)


class Segment:
    def __init__(self, path: Path, handle: int | None, last_seq: int) -> None:
        self.path = path
        self.last_seq = last_seq
        self.size = 0
        self._handle = handle

    @classmethod
    def create(cls, path: Path) -> Self:
        """A disk that cannot even make the file is met again, and counted, by `append`."""
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            log.warning("journal file cannot be made; free some space", problem=error.strerror)
            return cls(path, None, 0)
        return cls(path, handle, 0)

    @classmethod
    def replayed(cls, path: Path, last_seq: int) -> Self:
        return cls(path, None, last_seq)

    @property
    def closed(self) -> bool:
        return self._handle is None

    def append(self, record: Inbound) -> bool:
        """False when the disk refused; what was written of it is taken back, so that the next record can be read."""
        self.last_seq = record.journal_seq
        if self._handle is None:
            return False
        frame = frames.encode(record)
        try:
            written = os.write(self._handle, frame)
        except OSError as error:
            log.warning("journal cannot be written; free some space", problem=error.strerror)
            written = 0
        if written != len(frame):
            os.ftruncate(self._handle, self.size)
            return False
        self.size += written
        return True

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def remove(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)
