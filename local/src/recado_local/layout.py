"""Where everything of one local installation lies: one directory, safe to copy while Recado is stopped."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from recado_core.errors import ConfigurationError
from recado_local.embedded import places

DEFAULT = Path(".data")


class Layout:
    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.lock = self.data / "lock"
        self.secrets = self.data / "secrets.json"
        self.status = self.data / "status.json"
        self.running = self.data / "running.json"
        self.seeded = self.data / "seeded.json"
        self.logs = self.data / "logs"
        self.hold = self.data / "hold"
        self.resources = self.data / "resources"
        self.sessions = self.data / "sessions"
        self.session_pids = self.sessions / "pids.json"
        self.unclean_exits = self.sessions / "unclean-exits.jsonl"
        self.simulator = self.data / "simulator"

    def make(self) -> None:
        """Closed to other users; as root others may pass through, because PostgreSQL then runs as nobody.
        Raises ConfigurationError when the system does not let us.
        """
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            self.data.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for directory in (self.logs, self.hold, self.resources, self.sessions, self.simulator):
                directory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"The data directory {self.data} cannot be used: {error.strerror}. Choose another with --data-dir."
            ) from error

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def held(self, name: str) -> bool:
        """A file of this name in `hold` keeps the part from being started again."""
        return (self.hold / name).exists()


def choose(wanted: Path | None) -> tuple[Layout, str]:
    """The layout to use, and a sentence when it is not where one would look for it."""
    path = (wanted or DEFAULT).resolve()
    if wanted is not None or os.geteuid() != 0 or places.reachable_by_nobody(path):
        return Layout(path), ""
    moved = Path("/var/tmp") / f"recado-{hashlib.sha256(str(path).encode()).hexdigest()[:10]}"  # noqa: S108 - survives a restart
    return Layout(moved), f"As root the data lies in {moved}: PostgreSQL runs as nobody, who cannot reach {path}."


def write_atomically(path: Path, text: str, *, mode: int = 0o600) -> None:
    """Readers see the old text or the new one, never a half."""
    staging = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    staging.replace(path)


def read_json(path: Path) -> Any:
    """None when there is no such file (yet)."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
