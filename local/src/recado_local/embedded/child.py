"""Starts child processes that die with us: the kernel signals them when their parent is gone, even by SIGKILL."""

import asyncio
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


def die_with_parent(death_signal: signal.Signals) -> None:
    """For a process that something else started: asks the kernel for `death_signal` when its parent ends."""
    parent = os.getppid()
    _libc.prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os.kill(os.getpid(), death_signal)


def spawn(  # noqa: PLR0913 - each is one property of the child, and all have a default
    command: Command,
    *,
    log: Path | None,
    output: Path | None = None,
    environ: Mapping[str, str] | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
    drop_root: bool = False,
) -> subprocess.Popen[bytes]:
    """Runs `command`, what it says appended to `log`; its standard output replaces the file `output` when given.
    `drop_root`: as nobody when we are root.
    """
    user = NOBODY if drop_root and os.geteuid() == 0 else None
    with contextlib.ExitStack() as stack:
        said = stack.enter_context(log.open("ab")) if log else subprocess.DEVNULL
        return subprocess.Popen(  # noqa: S603 - commands are ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=stack.enter_context(output.open("wb")) if output else said,
            stderr=said,
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


def sweep(process: subprocess.Popen[bytes]) -> None:
    """Kills what an ended process left in its group. Call before it is reaped: until then nobody else has its id."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def ended(process: subprocess.Popen[bytes]) -> int:
    """Waits for the end without a thread, sweeps its group and answers the exit code."""
    if process.returncode is not None:
        return process.returncode
    loop = asyncio.get_running_loop()
    descriptor = os.pidfd_open(process.pid)
    gone = asyncio.Event()
    loop.add_reader(descriptor, gone.set)
    try:
        await gone.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    sweep(process)
    return process.wait()
