"""Session processes with a stand-in for the engine: started, asked, killed, replaced, and never two on one journal."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest

from recado_core.resources.connection import CompanyReference, WhatsAppConnection, WhatsAppConnectionSpec
from recado_core.resources.metadata import ConnectionMetadata
from recado_local.layout import Layout, read_json
from recado_local.remains import started_at
from recado_local.sessions import ProcessSessions
from recado_operator.ports import SessionOrder
from recado_operator.world import SessionProcess

CONNECTION = UUID(int=1)
STUB = (sys.executable, str(Path(__file__).with_name("stub_session.py")))
SOON = 10.0


def order(epoch: int = 1, connection: UUID = CONNECTION) -> SessionOrder:
    spec = WhatsAppConnectionSpec(company_ref=CompanyReference(name="acme"), display_name="Support")
    resource = WhatsAppConnection(metadata=ConnectionMetadata(name="support", uid=connection), spec=spec)
    return SessionOrder(resource=resource, connection_id=connection, epoch=epoch, password="not used")


class Bench:
    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.extra: dict[str, str] = {}
        self.discarded: list[UUID] = []
        self.sessions = self.another()

    def another(self) -> ProcessSessions:
        """As a new operator would make it."""
        return ProcessSessions(self.layout, self._environment, self.discarded.append, STUB)

    def _environment(self, wanted: SessionOrder, journal: Path) -> dict[str, str]:
        return {**os.environ, **self.extra, "RECADO_EPOCH": str(wanted.epoch), "RECADO_JOURNAL_DIR": str(journal)}

    @property
    def journal(self) -> Path:
        return self.layout.sessions / "support" / "journal"

    @property
    def pids(self) -> dict[str, int]:
        found: dict[str, int] = read_json(self.layout.session_pids)
        return found

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(SOON):
            while not holds():  # noqa: ASYNC110 - other processes make it true
                await asyncio.sleep(0.01)

    async def started(self, epoch: int = 1) -> None:
        await self.until((self.journal / f"started-{epoch}").exists)

    async def known(self) -> list[SessionProcess]:
        return [process for key in await self.sessions.keys() for process in await self.sessions.of(key)]

    async def exit_code(self, epoch: int = 1) -> int | None:
        async with asyncio.timeout(SOON):
            while True:
                (found,) = [process for process in await self.known() if process.epoch == epoch]
                if not found.running:
                    return found.exit_code
                await self.sessions.changed.wait()
                self.sessions.changed.clear()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    layout = Layout(tmp_path)
    layout.make()
    made = Bench(layout)
    yield made
    await made.sessions.stop_all(0.0)


async def test_a_session_is_listed_and_its_pid_written_down(bench: Bench) -> None:
    await bench.sessions.start(order())
    (process,) = await bench.known()
    assert (process.epoch, process.running) == (1, True)
    assert started_at(bench.pids["support"]) is not None


async def test_ending_is_polite_and_the_exit_is_told(bench: Bench) -> None:
    await bench.sessions.start(order())
    await bench.started()
    await bench.sessions.end(CONNECTION, 1, SOON)
    assert await bench.exit_code() == 0
    assert (bench.journal / "stopped-1").exists()
    assert bench.pids == {}
    await bench.sessions.forget(CONNECTION, 1)
    assert await bench.known() == []


async def test_a_deaf_session_is_killed_after_its_grace(bench: Bench) -> None:
    bench.extra = {"STUB": "deaf"}
    await bench.sessions.start(order())
    await bench.started()
    await bench.sessions.end(CONNECTION, 1, 0.1)
    assert await bench.exit_code() == -signal.SIGKILL


async def test_a_successor_waits_until_the_journal_is_free(bench: Bench) -> None:
    bench.extra = {"STUB": "deaf"}
    await bench.sessions.start(order(1))
    await bench.started(1)
    first = bench.pids["support"]
    await bench.sessions.end(CONNECTION, 1, 0.0)
    await bench.sessions.start(order(2))
    assert started_at(first) is None
    await bench.started(2)
    assert bench.pids["support"] != first


@pytest.mark.parametrize(("code", "unclean"), [(0, False), (75, False), (78, False), (3, True)])
async def test_only_an_exit_that_was_not_planned_is_noted_as_unclean(bench: Bench, code: int, unclean: bool) -> None:  # noqa: FBT001
    bench.extra = {"STUB_EXIT": str(code)}
    await bench.sessions.start(order())
    assert await bench.exit_code() == code
    assert bench.layout.unclean_exits.exists() is unclean


async def test_a_kill_from_outside_is_noted_with_its_signal(bench: Bench) -> None:
    await bench.sessions.start(order())
    await bench.started()
    os.kill(bench.pids["support"], signal.SIGKILL)
    assert await bench.exit_code() == -signal.SIGKILL
    noted = json.loads(bench.layout.unclean_exits.read_text())
    assert (noted["name"], noted["exit_code"]) == ("support", -9)


async def test_a_journal_outlives_its_session_but_not_its_connection(bench: Bench) -> None:
    bench.extra = {"STUB_EXIT": "75"}
    await bench.sessions.start(order(1))
    await bench.exit_code(1)
    await bench.sessions.start(order(2))
    await bench.exit_code(2)
    assert (bench.journal / "started-1").exists()
    await bench.sessions.start(order(3, UUID(int=2)))
    await bench.exit_code(3)
    assert not (bench.journal / "started-1").exists()


async def test_discarding_removes_the_journal_and_tells(bench: Bench) -> None:
    bench.extra = {"STUB_EXIT": "0"}
    await bench.sessions.start(order())
    await bench.exit_code()
    await bench.sessions.discard(CONNECTION)
    assert not bench.journal.exists()
    assert bench.discarded == [CONNECTION]


async def test_a_new_operator_waits_for_the_sessions_of_a_killed_one(bench: Bench) -> None:
    await bench.sessions.start(order())
    await bench.started()
    left = bench.pids["support"]
    successor = bench.another()
    await asyncio.to_thread(successor.clear_remains)
    assert started_at(left) is None
    assert (bench.journal / "stopped-1").exists()
