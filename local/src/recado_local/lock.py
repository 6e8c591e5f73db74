"""One `recado up` for each data directory. The lock is the kernel's: it goes with its process, however that ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recado_core.errors import ConfigurationError
from recado_local import suggest


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Raises ConfigurationError when another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"Recado already runs in {path.parent} (process {holder(path)}). See it with: "
                f"{suggest.recado(path.parent, 'status')}; stop it with: {suggest.recado(path.parent, 'down')}; "
                "or give a second one its own --data-dir and --port."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def holder(path: Path) -> int | None:
    """The process that holds the lock, or None when nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        written = os.pread(descriptor, 20, 0)
        return int(written) if written.isdigit() else None
    else:
        return None
    finally:
        os.close(descriptor)
