"""`recado doctor`: looks at everything that a start needs and says, line by line, what to do about what is wrong."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from recado_core.errors import ConfigurationError
from recado_local import lock, parts, ports, status, suggest
from recado_local.embedded import places, release
from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis
from recado_local.layout import Layout
from recado_local.resources.folder import FolderResources
from recado_local.up import NEEDED_BYTES

OLDEST_PYTHON = (3, 11)
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
LOST_PER_UNCLEAN_EXIT = 101
"""What the engine may have acknowledged to WhatsApp and not yet handed over when it is killed."""


class Finding(Struct, frozen=True):
    """`advice` is empty when all is well."""

    what: str
    found: str
    advice: str = ""


def examine(layout: Layout, port: int) -> list[Finding]:
    checks: Sequence[Callable[[], Finding]] = (
        _python,
        _postgres_version,
        _redis_version,
        _engine,
        _frontend,
        lambda: _data(layout),
        lambda: _disk(layout),
        _clock,
        lambda: _port(layout, port),
        lambda: _database(layout),
        lambda: _redis(layout),
        lambda: _sessions(layout),
        lambda: _manifests(layout),
    )
    return [check() for check in checks]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    enough = sys.version_info >= OLDEST_PYTHON
    return Finding("Python", version, "" if enough else "Install Python 3.11 or newer, then run: make setup")


def _postgres_version() -> Finding:
    return _version("PostgreSQL", lambda: [str(places.postgres_binaries() / "postgres"), "--version"])


def _redis_version() -> Finding:
    return _version("Redis", lambda: [str(places.redis_server()), "--version"])


def _version(what: str, command: Callable[[], list[str]]) -> Finding:
    try:
        told = subprocess.run(command(), check=True, capture_output=True, text=True, timeout=10)  # noqa: S603 - ours
    except ConfigurationError as error:
        return Finding(what, "missing", error.detail)
    except (OSError, subprocess.SubprocessError) as error:
        return Finding(what, f"does not run ({error})", "Install the packages afresh: make setup")
    return Finding(what, told.stdout.strip().splitlines()[0])


def _engine() -> Finding:
    spec = find_spec("neonize")
    if spec is None or not spec.submodule_search_locations:
        return Finding("Engine", "missing", "Install the WhatsApp engine: make setup")
    folder = Path(next(iter(spec.submodule_search_locations)))
    library = next(folder.glob("neonize-*"), None)
    return Finding("Engine", library.name) if library else Finding("Engine", "no library", "Run: make setup")


def _frontend() -> Finding:
    page = parts.frontend_directory() / "index.html"
    return (
        Finding("Front end", str(page.parent))
        if page.exists()
        else Finding("Front end", "not built", "Run: make setup")
    )


def _data(layout: Layout) -> Finding:
    try:
        made_by = release.check(layout.data)
    except ConfigurationError as error:
        return Finding("Data", "of no use here", error.detail)
    except OSError as error:
        return Finding("Data", f"cannot be read ({error.strerror})", "Use the account that it belongs to.")
    made = (layout.data / "postgres").exists()
    return Finding("Data", f"{layout.data}, of PostgreSQL {made_by}" if made else f"none yet in {layout.data}")


def _disk(layout: Layout) -> Finding:
    existing = next(path for path in (layout.data, *layout.data.parents) if path.exists())
    free = shutil.disk_usage(existing).free
    found = f"{free // 1024**2} MB free for {layout.data}"
    return Finding("Disk", found, "" if free >= NEEDED_BYTES else "Free some space, or use another --data-dir.")


def _clock() -> Finding:
    now = datetime.now(UTC)
    return Finding(
        "Clock", now.isoformat(timespec="seconds"), "" if now > EARLIEST else "Set the clock of this machine."
    )


def _port(layout: Layout, port: int) -> Finding:
    if lock.holder(layout.lock) is not None:
        return Finding("Ports", "in use by the Recado that runs here")
    taken = [number for number in (port, port + 1) if not ports.free(number)]
    if not taken:
        return Finding("Ports", f"{port} and {port + 1} are free")
    used = " and ".join(map(str, taken))
    return Finding("Ports", f"{used} in use by another program", f"Start with: {ports.elsewhere(port, layout.data)}")


def _database(layout: Layout) -> Finding:
    return _server(layout, "Database", lambda: EmbeddedPostgres(layout.data).answers())


def _redis(layout: Layout) -> Finding:
    return _server(layout, "Redis", lambda: EmbeddedRedis(layout.data).answers())


def _server(layout: Layout, what: str, answers: Callable[[], bool]) -> Finding:
    if lock.holder(layout.lock) is None:
        return Finding(what, f"not running: start everything with {suggest.recado(layout.data, 'up')}")
    began = time.monotonic()
    if not answers():
        return Finding(what, "does not answer", f"Read the end of the logs in {layout.logs}")
    return Finding(what, f"answers in {(time.monotonic() - began) * 1000:.0f} ms")


def _sessions(layout: Layout) -> Finding:
    lines = layout.unclean_exits.read_text().splitlines() if layout.unclean_exits.exists() else []
    running = status.read(layout)
    count = len(running.pids.get("sessions", {})) if running else 0
    if not lines:
        return Finding("Sessions", f"{count} running, none ever ended uncleanly")
    last = json.loads(lines[-1])
    return Finding(
        "Sessions",
        f"{count} running; {len(lines)} unclean exits, the last of {last['name']} at {last['at']}",
        f"Up to {len(lines) * LOST_PER_UNCLEAN_EXIT} messages may be lost: compare with the phones. "
        f"When you have, remove {layout.unclean_exits}",
    )


def _manifests(layout: Layout) -> Finding:
    if not layout.resources.exists() or not os.access(layout.resources, os.W_OK):
        return Finding("Manifests", "none yet")
    folder = FolderResources(layout.resources)
    refused = folder.refusals()
    if not refused:
        return Finding("Manifests", f"all accepted in {layout.resources}")
    told = " ".join(f"{name}.yaml: {why.strip()}" for name, why in sorted(refused.items()))
    return Finding("Manifests", f"{len(refused)} refused", told)
