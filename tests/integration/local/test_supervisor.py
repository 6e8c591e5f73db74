"""Parts that crash, are held, never get ready, and leave children: with small processes of our own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from recado_core.errors import ConfigurationError
from recado_local.embedded import child
from recado_local.layout import Layout
from recado_local.remains import clear, remember, started_at
from recado_local.supervisor import Part, Supervisor

SOON = 10.0
SLEEP = "import time; time.sleep(60)"
WITH_CHILD = f"""
import pathlib, subprocess, sys, time
grandchild = subprocess.Popen([sys.executable, "-c", "{SLEEP}"])
pathlib.Path(sys.argv[1]).write_text(str(grandchild.pid))
time.sleep(60)
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path)
    made.make()
    return made


@pytest.fixture
async def supervisor(layout: Layout) -> AsyncIterator[Supervisor]:
    made = Supervisor(layout, lambda _: None)
    yield made
    await made.stop()


def part(layout: Layout, program: str, *arguments: str, name: str = "worker") -> Part:
    command = [sys.executable, "-c", program, *arguments]
    return Part(name=name, spawn=lambda: child.spawn(command, log=layout.log(name)), ready=lambda: True)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not holds():  # noqa: ASYNC110 - other processes make it true
            await asyncio.sleep(0.01)


async def test_a_killed_part_is_started_again(layout: Layout, supervisor: Supervisor) -> None:
    await supervisor.start(part(layout, SLEEP))
    first = supervisor.pids["worker"]
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pids.get("worker") not in {None, first})


async def test_a_held_part_stays_down_until_it_is_released(layout: Layout, supervisor: Supervisor) -> None:
    await supervisor.start(part(layout, SLEEP))
    hold = layout.hold / "worker"
    hold.touch()
    os.kill(supervisor.pids["worker"], signal.SIGKILL)
    await until(lambda: "worker" not in supervisor.pids)
    await asyncio.sleep(1.0)  # longer than the wait before a restart: the absence of a start is the point
    assert "worker" not in supervisor.pids
    hold.unlink()
    await until(lambda: "worker" in supervisor.pids)


async def test_what_a_killed_part_had_started_goes_with_it(layout: Layout, supervisor: Supervisor) -> None:
    note = layout.data / "grandchild"
    await supervisor.start(part(layout, WITH_CHILD, str(note)))
    await until(lambda: note.exists() and note.read_text())
    grandchild = int(note.read_text())
    os.kill(supervisor.pids["worker"], signal.SIGKILL)
    await until(lambda: started_at(grandchild) is None)


@pytest.mark.parametrize(("code", "starts"), [(78, 1), (1, 3)])
async def test_a_part_that_cannot_start_ends_the_start_with_its_own_words(
    layout: Layout, supervisor: Supervisor, code: int, starts: int
) -> None:
    program = f"import sys; print('DB_HOST is missing'); sys.exit({code})"
    with pytest.raises(ConfigurationError, match=rf"worker does not start \(exit code {code}\)[^$]*DB_HOST is missing"):
        await supervisor.start(replace(part(layout, program), ready=lambda: False))
    assert layout.log("worker").read_text().count("DB_HOST is missing") == starts


async def test_starting_waits_until_the_part_is_ready(layout: Layout, supervisor: Supervisor) -> None:
    flag = layout.data / "flag"
    program = "import pathlib, sys, time; time.sleep(0.3); pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    await supervisor.start(replace(part(layout, program, str(flag)), ready=flag.exists))
    assert flag.exists()


async def test_parts_stop_in_reverse_and_the_deaf_are_killed(layout: Layout, supervisor: Supervisor) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    log = layout.log("deaf")
    heard = replace(part(layout, deaf, name="deaf"), grace=0.2, ready=lambda: log.exists() and "up" in log.read_text())
    await supervisor.start(part(layout, SLEEP, name="first"))
    await supervisor.start(heard)
    pids = list(supervisor.pids.values())
    await supervisor.stop()
    assert [started_at(pid) for pid in pids] == [None, None]
    assert supervisor.pids == {}


def test_the_kernel_ends_children_whose_parent_was_killed(layout: Layout) -> None:
    """A supervisor without any chance to clean up: its child is gone all the same."""
    program = (
        "import sys, time\n"
        "from recado_local.embedded import child\n"
        "process = child.spawn([sys.executable, '-c', 'import time; time.sleep(60)'], log=None)\n"
        "print(process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:  # noqa: S603 - our own program
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert started_at(pid) is not None
        remember(layout.running, {"worker": pid})
        parent.kill()
    assert clear(layout.running) == []
    assert started_at(pid) is None


def test_an_id_that_belongs_to_somebody_else_now_is_left_alone(layout: Layout) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP]) as bystander:  # noqa: S603 - our own program
        layout.running.write_text(f'{{"worker": [{bystander.pid}, 1]}}')
        assert clear(layout.running) == []
        assert started_at(bystander.pid) is not None
        bystander.kill()
