"""The projection on a real database: everything that must arrive does, in order, once; what cannot stands aside."""

import asyncio
import time

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.integration.domain.office import Recorder
from tests.integration.worker.inbox import CHATS, Event, Inbox, conversations, customer, receipt, written
from tests.unit.core.engine import samples
from tests.unit.core.engine.protos import e2e

from recado_worker.projection import ROWS, Projector

ROUND_TRIPS = 7
"""Of one batch, BEGIN and COMMIT included, whatever its size."""

NOBODYS_REPORT = (
    b'{"message_id": "00000000-0000-0000-0000-000000000000", "outcome": "sent", "at": "2026-11-23T12:00:00Z"}'
)


async def project_all(projector: Projector, inbox: Inbox) -> int:
    """How many batches it took."""
    batches = 1
    while await projector.batch(inbox.company.id, inbox.connection_id) == ROWS:
        batches += 1
    return batches


async def test_500_mixed_rows_arrive_in_order(inbox: Inbox, projector: Projector, recorder: Recorder) -> None:
    events, expected = conversations(500)
    others: list[Event] = [
        ("message", samples.message(e2e.Message(imageMessage=e2e.ImageMessage()), samples.info(wa_id="IMAGE"))),
        ("undecryptable", samples.undecryptable(samples.info(wa_id="WAITS"))),
        ("message", samples.message(e2e.Message(), samples.info(wa_id="NOTHING"))),
        receipt("3EB0NOBODY"),
    ]
    mixed = events[:250] + others + events[250:]
    await inbox.store(*mixed)
    await project_all(projector, inbox)
    found = await inbox.texts()
    assert found.pop(samples.MARIA_LID) == ["", ""]
    assert found == expected
    assert await inbox.count("quarantined") == 0
    assert await inbox.count("new") == 0
    assert_gapless(recorder)


async def test_duplicates_appear_once(inbox: Inbox, projector: Projector) -> None:
    """The same key is stored once; the same message under another key (another epoch's journal) is applied once."""
    events, expected = conversations(100)
    keys = [f"k{number}" for number in range(100)]
    await inbox.store(*events, keys=keys)
    await inbox.store(*events, keys=keys)
    await project_all(projector, inbox)
    await inbox.store(*events)
    await inbox.store(*events)
    await project_all(projector, inbox)
    assert await inbox.texts() == expected
    assert await inbox.count("done") > 200


async def test_50_malformed_rows_stand_aside(inbox: Inbox, projector: Projector) -> None:
    events, expected = conversations(500)
    broken: list[Event] = [
        ("message", b"\xff" * 20),
        ("message", samples.text("a\0b", samples.info(wa_id="NUL"))),
        ("message", samples.text("x" * 1_000_000, samples.info(wa_id="LONG"))),
        ("hologram", b"?"),
        ("outbound_report", NOBODYS_REPORT),
    ]
    mixed = [*events]
    for number in range(50):
        mixed.insert(number * 11, broken[number % len(broken)])
    began = time.perf_counter()
    await inbox.store(*mixed)
    await project_all(projector, inbox)
    assert time.perf_counter() - began < 10
    assert await inbox.texts() == expected
    reasons = await inbox.rows("select kind, reason from inbox_event where state = 'quarantined'")
    assert len(reasons) == 50
    assert all(reason for _, reason in reasons)
    for part in ("Broken bytes", "NUL", "1000000 characters", "hologram", "not of this connection"):
        assert sum(part in reason for _, reason in reasons) == 10, part


async def test_many_at_once_keep_the_order(inbox: Inbox, projector: Projector) -> None:
    """The connection's lock alone decides, whatever SAQ does with its keys."""
    events, expected = conversations(1000)
    await inbox.store(*events)
    await asyncio.gather(*(project_all(projector, inbox) for _ in range(4)))
    assert await inbox.texts() == expected
    assert await inbox.count("new") == await inbox.count("quarantined") == 0


async def test_two_addresses_seen_together_become_one_contact(inbox: Inbox, projector: Projector) -> None:
    await inbox.store(written(samples.MARIA_LID, "by lid"), written(samples.MARIA_NUMBER, "by number"))
    await project_all(projector, inbox)
    assert len(await inbox.rows("select id from contact")) == 2
    await inbox.store(written(samples.MARIA_LID, "by both", alt=samples.MARIA_NUMBER))
    await project_all(projector, inbox)
    assert await inbox.rows("select phone from contact") == [("+5511999990001",)]
    assert sorted((await inbox.texts())[samples.MARIA_LID]) == ["by both", "by lid", "by number"]
    assert len(await inbox.rows("select id from ticket where status <> 'closed'")) == 1


@pytest.fixture
def statements(engine: AsyncEngine) -> list[str]:
    """Every round trip that SQLAlchemy makes from now on."""
    seen: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    event.listen(engine.sync_engine, "begin", lambda _: seen.append("begin"))
    event.listen(engine.sync_engine, "commit", lambda _: seen.append("commit"))
    return seen


async def test_round_trips(inbox: Inbox, projector: Projector, statements: list[str]) -> None:
    """They do not grow with the batch: from five plain messages on it is below three for each, at 199 below a tenth."""
    await inbox.store(*(written(customer(chat), "first") for chat in range(CHATS)))
    await project_all(projector, inbox)
    for size in (1, 5, ROWS - 1):
        await inbox.store(*(written(customer(number % CHATS), f"again {number}") for number in range(size)))
        statements.clear()
        assert await projector.batch(inbox.company.id, inbox.connection_id) == size
        assert len(statements) <= ROUND_TRIPS, statements
        assert not any("SAVEPOINT" in statement for statement in statements)


def assert_gapless(recorder: Recorder) -> None:
    """Each stream's frames join without a gap, and each says as many events as it counts."""
    heads: dict[str, int] = {}
    for frame in recorder.frames:
        assert frame.prev == heads.get(frame.stream, frame.prev)
        assert frame.seq - frame.prev == len(frame.events)
        heads[frame.stream] = frame.seq
    assert heads
