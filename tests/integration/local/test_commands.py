"""`recado` as people type it: what it refuses, in one sentence, and what it leaves behind when it is killed."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.simulator import wait_until
from tests.support.stack import RecadoStack

from recado_local import lock
from recado_local.cli import NOT_RUNNING
from recado_local.layout import Layout
from recado_local.remains import started_at

from .people import online

RECADO = str(Path(sys.executable).with_name("recado"))
CONFIGURATION = 78


def recado(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own command
        [RECADO, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def empty() -> Iterator[Path]:
    """A data directory that PostgreSQL can reach even when the tests run as root."""
    data = Path(tempfile.mkdtemp(prefix="recado-empty-"))
    data.chmod(0o711)
    yield data
    shutil.rmtree(data)


def test_a_running_installation_is_not_started_twice(stack: RecadoStack) -> None:
    second = recado("up", "--data-dir", str(stack.data), "--port", "0")
    assert second.returncode == CONFIGURATION
    assert f"already runs in {stack.data}" in second.stderr
    assert len(second.stderr.splitlines()) == 1


def test_status_tells_people_and_programs(stack: RecadoStack) -> None:
    told = json.loads(recado("status", "--json", "--data-dir", str(stack.data)).stdout)
    assert (told["url"], told["pids"]["api"]) == (stack.ready["url"], stack.pid("api"))
    assert f"Recado runs at {stack.ready['url']}" in recado("status", "--data-dir", str(stack.data)).stdout


def test_doctor_finds_a_running_installation_well(stack: RecadoStack) -> None:
    told = recado("doctor", "--data-dir", str(stack.data)).stdout
    for line in ("ok  PostgreSQL", "ok  Engine", "ok  Database    answers", "ok  Redis       answers", "ok  Manifests"):
        assert line in told


def test_doctor_reports_unclean_exits_and_says_what_may_be_lost(empty: Path) -> None:
    layout = Layout(empty)
    layout.make()
    noted = {"name": "support", "at": "2026-11-23T12:00:00+00:00", "exit_code": -9}
    layout.unclean_exits.write_text(json.dumps(noted) + "\n")
    examined = recado("doctor", "--data-dir", str(empty))
    assert examined.returncode == 1
    assert "!!  Sessions" in examined.stdout
    assert "Up to 101 messages may be lost" in examined.stdout


def test_nothing_runs_in_an_empty_directory(empty: Path) -> None:
    assert recado("status", "--data-dir", str(empty)).returncode == 3
    assert "Nothing runs in" in recado("down", "--data-dir", str(empty)).stdout


def test_status_does_not_tell_to_start_what_is_starting(empty: Path) -> None:
    with lock.locked(Layout(empty).lock):
        told = recado("status", "--data-dir", str(empty))
    assert (told.returncode, told.stdout) == (NOT_RUNNING, "")
    assert told.stderr == f"Recado is starting or stopping in {empty} (process {os.getpid()}). Ask again in a moment.\n"


def test_a_question_that_nobody_answers_removes_nothing(empty: Path) -> None:
    Layout(empty).make()
    told = recado("reset", "--data-dir", str(empty))
    assert (told.returncode, told.stderr) == (1, "")
    assert "Nothing was removed." in told.stdout
    assert Layout(empty).resources.exists()


def test_a_port_in_use_is_refused_before_anything_starts(empty: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = recado("up", "--data-dir", str(empty), "--port", str(port))
    assert refused.returncode == CONFIGURATION
    assert f"Port {port} is in use" in refused.stderr
    assert not (empty / "postgres").exists()


def test_data_of_another_postgresql_is_not_touched(empty: Path) -> None:
    (empty / "postgres").mkdir()
    (empty / "postgres" / "PG_VERSION").write_text("15\n")
    refused = recado("up", "--data-dir", str(empty), "--port", "0", "--no-simulator")
    assert refused.returncode == CONFIGURATION
    assert "belongs to PostgreSQL 15" in refused.stderr
    assert refused.stderr.endswith(f"recado reset --data-dir {empty}\n")
    assert len(refused.stderr.splitlines()) == 1
    told = recado("doctor", "--data-dir", str(empty))
    assert told.returncode == 1
    assert "!!  Data        of no use here\n    → The data directory" in told.stdout
    assert f"recado reset --data-dir {empty}\n" in told.stdout


def test_killing_everything_at_the_root_leaves_nothing_and_loses_nothing() -> None:
    """SIGKILL of the supervisor: all parts go; a new start in the background finds the number still linked."""
    with RecadoStack() as stack:
        connection = stack.link()
        pids = stack.status()["pids"]
        everything = [*pids.pop("sessions").values(), *pids.values()]
        os.kill(stack.status()["pids"]["supervisor"], signal.SIGKILL)
        wait_until("all are gone", lambda: all(started_at(pid) is None for pid in everything), 25.0)
        port = stack.ready["url"].rpartition(":")[2]
        again = recado("up", "--detach", "--json", "--data-dir", str(stack.data), "--port", port)
        try:
            assert json.loads(again.stdout)["password"] == stack.ready["password"]
            online(stack, connection["id"])
        finally:
            stopped = recado("down", "--data-dir", str(stack.data))
        assert stopped.stdout == "Recado has stopped.\n"
        assert recado("reset", "--yes", "--data-dir", str(stack.data)).returncode == 0
        assert not stack.data.exists()
