"""The releases of PostgreSQL that we promise. The newest comes as a wheel and runs all tests; what rests on the
database itself (roles, locks, row security) runs on the oldest too, which Debian 12 has.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recado_local.embedded.postgres import EmbeddedPostgres

NEWEST, OLDEST = "newest", "oldest"
RELEASES = (NEWEST, OLDEST)

_BINARIES = Path("/usr/lib/postgresql/15/bin")
_CHOICE = "RECADO_POSTGRES_BIN"


@contextmanager
def running(release: str) -> Iterator[EmbeddedPostgres]:
    """An empty server of its own. Skips the test when this machine has no such release."""
    directory = Path(tempfile.mkdtemp(prefix="recado-server-"))
    directory.chmod(0o711)  # PostgreSQL runs as nobody when the tests run as root
    server = EmbeddedPostgres(directory, durable=False)
    try:
        with _chosen(release):
            server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.socket_directory, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _chosen(release: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if release == OLDEST:
            if not (_BINARIES / "postgres").exists():
                pytest.skip("PostgreSQL 15 is not installed. On Debian 12: apt-get install postgresql-15")
            patch.setitem(os.environ, _CHOICE, str(_BINARIES))
        yield
