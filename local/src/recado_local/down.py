"""`recado down`, `status` and `reset`: what one does with an installation from another terminal."""

import os
import shutil
import signal
import time

from recado_core.errors import ConfigurationError
from recado_local import lock, suggest
from recado_local.embedded import places
from recado_local.layout import Layout

STOP_SECONDS = 90.0
NAMES = ("lock", "secrets.json", "postgres", "resources")
"""What a directory of ours has in it; anything else is not deleted by `reset`."""


def down(layout: Layout) -> bool:
    """Stops what runs there and waits for its end. False when nothing ran."""
    holder = lock.holder(layout.lock)
    if holder is None:
        return False
    os.kill(holder, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while lock.holder(layout.lock) is not None:
        if time.monotonic() > deadline:
            raise ConfigurationError(
                f"Recado (process {holder}) did not stop in {STOP_SECONDS:.0f} s. End it with: kill -9 {holder}"
            )
        time.sleep(0.05)
    return True


def reset(layout: Layout) -> None:
    """Removes all data of a stopped installation. Raises ConfigurationError when it runs or is not one of ours."""
    if not layout.data.exists():
        return
    if lock.holder(layout.lock) is not None:
        raise ConfigurationError(f"Recado is running there. Stop it first: {suggest.recado(layout.data, 'down')}")
    if not any((layout.data / name).exists() for name in NAMES) and any(layout.data.iterdir()):
        raise ConfigurationError(
            f"{layout.data} is not a data directory of Recado. Name the right one with --data-dir."
        )
    shutil.rmtree(places.socket_directory(layout.data), ignore_errors=True)
    shutil.rmtree(layout.data)
