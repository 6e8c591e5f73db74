"""Picks the two ports people see: the inbox, and the simulator's phones on the next one."""

import socket
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_local import suggest

HOST = "127.0.0.1"
DEFAULT_PORT = 8080
HIGHEST = 65535
"""The last one there is; the inbox must leave room for the phones beside it."""
_ATTEMPTS = 50


def pair(wanted: int, data: Path, *, with_phones: bool) -> tuple[int, int]:
    """`wanted` and the next; 0 means any free pair. Raises ConfigurationError when one is in use or not a port."""
    if wanted == 0:
        return _any_pair(data)
    if not 0 < wanted < HIGHEST:
        raise ConfigurationError(f"{wanted} is not a port. Choose one from 1 to {HIGHEST - 1}, or 0 for any free one.")
    for port in (wanted, wanted + 1) if with_phones else (wanted,):
        if not free(port):
            raise ConfigurationError(
                f"Port {port} is in use by another program. Stop it, or choose another: "
                f"{elsewhere(wanted, data, with_phones=with_phones)}"
            )
    return wanted, wanted + 1


def elsewhere(wanted: int, data: Path, *, with_phones: bool = True) -> str:
    """The command that starts on the nearest free ports above `wanted`, or on any."""
    candidates = range(wanted + 10, HIGHEST, 10)
    port = next((port for port in candidates if free(port) and free(port + 1)), 0)
    return suggest.recado(data, "up", "--port", str(port), *([] if with_phones else ["--no-simulator"]))


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True


def _any_pair(data: Path) -> tuple[int, int]:
    for _ in range(_ATTEMPTS):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port: int = probe.getsockname()[1]
            if free(port + 1):
                return port, port + 1
    raise ConfigurationError(
        "There are no two free ports side by side. Choose one: "
        f"{suggest.recado(data, 'up', '--port', str(DEFAULT_PORT))}"
    )
