"""Starts child processes that die with us: the kernel signals them when their parent is gone, even by SIGKILL."""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

NOBODY = 65534
PR_SET_PDEATHSIG = 1

Command = Sequence[str | os.PathLike[str]]

_libc = ctypes.CDLL(None, use_errno=True)


def _prepare(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, death_signal)
        if os.getppid() != parent:  # the parent ended between fork and prctl: no signal will come
            os._exit(1)

    return prepare


def spawn(
    command: Command,
    *,
    log: Path | None,
    environ: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    drop_root: bool = False,
) -> subprocess.Popen[bytes]:
    """Runs `command`, its output appended to `log`. `drop_root`: as nobody when we are root."""
    user = NOBODY if drop_root and os.geteuid() == 0 else None
    with contextlib.ExitStack() as stack:
        output = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
        return subprocess.Popen(  # noqa: S603 - commands are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environ) if environ is not None else None,
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
            preexec_fn=_prepare(os.getpid(), death_signal),  # noqa: PLW1509 - only prctl and getppid run in the child
            start_new_session=True,
        )


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals, grace: float) -> None:
    """Asks politely, waits `grace` seconds, then kills."""
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
