"""Processes that a killed predecessor left on their way out. We wait for them before we start their successors:
two PostgreSQL on one directory, or two sessions on one journal, must not meet.

A process is known by its id and its start time, so an id that the kernel has given to somebody else is not touched.
"""

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from recado_local.layout import read_json, write_atomically

GRACE_SECONDS = 20.0
_START_TIME_FIELD = 19


def started_at(pid: int) -> int | None:
    """The kernel's start time of a process (in ticks since boot); None when there is none, or only its zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[_START_TIME_FIELD])


def remember(path: Path, pids: Mapping[str, int]) -> None:
    known = {name: [pid, started_at(pid)] for name, pid in pids.items()}
    write_atomically(path, json.dumps(known))


def clear(path: Path, grace: float = GRACE_SECONDS) -> list[str]:
    """Ends what still runs of what `remember` wrote to `path`; answers the names that had to be killed."""
    known: dict[str, tuple[int, int | None]] = read_json(path) or {}
    alive = {name: pid for name, (pid, start) in known.items() if start is not None and started_at(pid) == start}
    for pid in alive.values():
        _signal(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = {name: pid for name, pid in alive.items() if started_at(pid) == known[name][1]}
    for pid in alive.values():
        _signal(pid, signal.SIGKILL)
    return sorted(alive)


def _signal(pid: int, what: signal.Signals) -> None:
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        return
