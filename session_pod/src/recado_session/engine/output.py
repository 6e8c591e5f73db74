"""Keeps the engine's own words apart from ours.

The library's Go part prints to both standard streams (hints, errors with phone numbers, the trace of a panic), where
programs read our JSON. So our logs move to a descriptor of their own and the standard ones lead into a file beside the
journal. It outlives a panic, so that the next process can tell what the last one died of.
"""

import asyncio
import os
import sys
from pathlib import Path

from recado_core.log import logger
from recado_session.engine.library import hide_people

log = logger(__name__)

FILE = "engine.out"
LARGEST = 1 << 20
LAST_WORDS = 4000
TRIM_SECONDS = 60.0


class EngineOutput:
    """Make one before logging is configured, so that the logs take the descriptor that stays."""

    def __init__(self) -> None:
        self._ours = os.dup(2)
        self._theirs: int | None = None
        sys.stderr = os.fdopen(self._ours, "w", buffering=1, encoding="utf-8", errors="backslashreplace")

    def divert(self, directory: Path) -> None:
        """Both standard streams into the file. Call when the journal is ours, and so the file is too."""
        sys.stdout.flush()
        self._theirs = os.open(directory / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._tell_last_words()
        os.ftruncate(self._theirs, 0)
        os.dup2(self._theirs, 1)
        os.dup2(self._theirs, 2)

    def restore(self) -> None:
        """For a program that takes this one's place."""
        os.dup2(self._ours, 1)
        os.dup2(self._ours, 2)

    async def trim(self) -> None:
        """Never returns. Keeps the file small over months."""
        while self._theirs is not None:
            if os.fstat(self._theirs).st_size > LARGEST:
                os.ftruncate(self._theirs, 0)
            await asyncio.sleep(TRIM_SECONDS)

    def _tell_last_words(self) -> None:
        if self._theirs is None:
            return
        words = os.pread(self._theirs, LARGEST, 0).decode(errors="replace")
        if "goroutine " in words or "Fatal Python error" in words:
            start = max(words.find("panic"), 0)
            log.error("the last process died in the engine", trace=hide_people(words[start : start + LAST_WORDS]))
