"""What all tests share: a guard against the outside world, and real PostgreSQL and Redis from our own supervisor."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

_connect = socket.socket.connect


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    return host in {"localhost", "::1", ""} or host.startswith("127.")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    def guarded(self: socket.socket, address: Any) -> None:
        if not _is_loopback(address):
            raise RuntimeError(f"A test may talk to this machine only, not to {address}")
        _connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def servers_directory() -> Iterator[Path]:
    """A directory that PostgreSQL can use even when the tests run as root."""
    directory = Path(tempfile.mkdtemp(prefix="recado-test-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(servers_directory: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(servers_directory, durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.socket_directory, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_server(servers_directory: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(servers_directory)
    server.start()
    yield server
    server.stop()
