"""Which PostgreSQL made a data directory, and which is installed: one release cannot read what another wrote."""

import subprocess
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_local import suggest
from recado_local.embedded import places


def check(data: Path) -> str:
    """The installed release, such as "18". Raises ConfigurationError when the cluster in `data` is of another one."""
    installed, version = _installed(), data / "postgres" / "PG_VERSION"
    made_by = version.read_text().strip() if version.exists() else installed
    if made_by != installed:
        raise ConfigurationError(
            f"The data directory {version.parent} belongs to PostgreSQL {made_by}, installed is {installed}. "
            f"Name the bin directory of PostgreSQL {made_by} in RECADO_POSTGRES_BIN, or remove these data and start "
            f"afresh with: {suggest.recado(data, 'reset')}"
        )
    return installed


def _installed() -> str:
    program = places.postgres_binaries() / "postgres"
    try:
        told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - ours
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigurationError(
            f"{program} does not run ({error}). Install the packages afresh: make setup"
        ) from error
    return told.stdout.split()[2].split(".")[0]
