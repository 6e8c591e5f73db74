"""What the journal promises: order, nothing lost with the process, nothing kept that is stored."""

import asyncio
import os
import resource
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recado_core.errors import ConfigurationError
from recado_session.gateway import Inbound
from recado_session.journal import Journal, JournalInUseError

OWNER = "wa_1"


async def everything(journal: Journal) -> list[Inbound]:
    found: list[Inbound] = []
    batches = journal.batches()
    while len(found) < journal.depth:
        found += await anext(batches)
    return found


def crash(journal: Journal) -> None:
    """What the kernel does for a process that was killed: it lets go of the lock, nothing more."""
    os.close(journal._lock)


def files(directory: Path) -> Sequence[Path]:
    return sorted(directory.glob("*.journal"))


async def test_events_come_back_in_the_order_of_arrival(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    for number in range(450):
        journal.append("message", f"key-{number}", b"%d" % number)
    assert [event.raw for event in await everything(journal)] == [b"%d" % number for number in range(450)]
    journal.close()


async def test_batches_have_a_bound_and_wait_for_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    for number in range(5):
        journal.append("receipt", f"key-{number}", b"")
    batches = journal.batches(limit=3)
    assert [len(await anext(batches)), len(await anext(batches))] == [3, 2]
    waiting = asyncio.ensure_future(anext(batches))
    await asyncio.sleep(0)
    assert not waiting.done()
    journal.append("receipt", "late", b"late")
    assert [event.raw for event in await waiting] == [b"late"]
    journal.close()


async def test_what_was_not_committed_comes_back_after_a_crash(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    for number in range(10):
        journal.append("message", f"key-{number}", b"%d" % number)
    journal.commit(4)
    crash(journal)
    again = Journal(tmp_path, OWNER)
    replayed = await everything(again)
    assert [event.key for event in replayed[-6:]] == [f"key-{number}" for number in range(4, 10)]
    assert [event.journal_seq for event in replayed] == list(range(1, len(replayed) + 1))
    again.close()


async def test_a_replayed_event_keeps_its_key_kind_time_and_bytes(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    journal.append("undecryptable", "key", b"\x00raw\xff")
    (before,) = await everything(journal)
    crash(journal)
    again = Journal(tmp_path, OWNER)
    assert await everything(again) == [before]
    again.close()


async def test_committing_removes_the_files(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER, segment_bytes=100)
    for number in range(20):
        journal.append("message", f"key-{number}", b"x" * 50)
    assert len(files(tmp_path)) > 2
    journal.commit(20)
    journal.commit(20)
    assert files(tmp_path) == []
    assert journal.depth == 0
    journal.close()


async def test_a_commit_keeps_the_file_that_still_holds_an_event(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER, segment_bytes=1)
    for number in range(3):
        journal.append("message", f"key-{number}", b"")
    journal.commit(2)
    assert len(files(tmp_path)) == 1
    journal.close()


@settings(max_examples=60, deadline=None)
@given(bodies=st.lists(st.binary(max_size=40), min_size=1, max_size=5), data=st.data())
def test_a_tail_torn_at_any_byte_costs_only_the_torn_event(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes], data: st.DataObject
) -> None:
    directory = tmp_path_factory.mktemp("torn")

    async def tear() -> None:
        journal = Journal(directory, OWNER)
        ends = []
        for number, body in enumerate(bodies):
            journal.append("message", f"key-{number}", body)
            ends.append(files(directory)[0].stat().st_size)
        crash(journal)
        cut = data.draw(st.integers(0, ends[-1]))
        os.truncate(files(directory)[0], cut)
        again = Journal(directory, OWNER)
        again.append("message", "after", b"after")
        whole = [body for body, end in zip(bodies, ends, strict=True) if end <= cut]
        assert [event.raw for event in await everything(again)] == [*whole, b"after"]
        crash(again)
        third = Journal(directory, OWNER)
        assert [event.raw for event in await everything(third)] == [*whole, b"after"]
        third.close()

    asyncio.run(tear())


async def test_a_damaged_record_ends_its_file_but_not_the_next(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER, segment_bytes=1)
    for number in range(3):
        journal.append("message", f"key-{number}", b"body")
    crash(journal)
    first = files(tmp_path)[0]
    damaged = bytearray(first.read_bytes())
    damaged[-1] ^= 1
    first.write_bytes(damaged)
    again = Journal(tmp_path, OWNER)
    assert [event.key for event in await everything(again)] == ["key-1", "key-2"]
    again.close()


async def test_two_processes_cannot_share_a_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    with pytest.raises(JournalInUseError, match="wait until it has ended"):
        Journal(tmp_path, OWNER)
    journal.close()
    Journal(tmp_path, OWNER).close()


async def test_a_journal_of_another_connection_is_refused(tmp_path: Path) -> None:
    Journal(tmp_path, OWNER).close()
    with pytest.raises(ConfigurationError, match="a directory of its own"):
        Journal(tmp_path, "wa_2")
    Journal(tmp_path, OWNER).close()


async def test_a_process_that_vanished_while_online_is_noticed_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    assert not journal.ended_uncleanly
    journal.mark_online()
    crash(journal)
    again = Journal(tmp_path, OWNER)
    assert again.ended_uncleanly
    again.close()
    third = Journal(tmp_path, OWNER)
    assert not third.ended_uncleanly
    third.close()


async def test_each_process_that_vanished_counts_over_restarts(tmp_path: Path) -> None:
    """A counter that began anew with each process would stand still at 1 after the second."""
    for killed in range(3):
        journal = Journal(tmp_path, OWNER)
        assert journal.unclean_ends == killed
        journal.mark_online()
        crash(journal)
    Journal(tmp_path, OWNER).close()
    journal = Journal(tmp_path, OWNER)
    assert journal.unclean_ends == 3
    crash(journal)  # before it was online
    journal = Journal(tmp_path, OWNER)
    assert (journal.unclean_ends, journal.ended_uncleanly) == (3, False)
    journal.close()


async def test_a_full_disk_keeps_events_in_memory_and_the_file_readable(tmp_path: Path) -> None:
    journal = Journal(tmp_path, OWNER)
    journal.append("message", "first", b"first")
    written = files(tmp_path)[0].stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (written + 10, hard))
    try:
        journal.append("message", "refused", b"refused")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    journal.append("message", "third", b"third")
    assert [event.key for event in await everything(journal)] == ["first", "refused", "third"]
    assert journal.unwritten == 1
    crash(journal)
    again = Journal(tmp_path, OWNER)
    assert [event.key for event in await everything(again)] == ["first", "third"]
    again.close()
