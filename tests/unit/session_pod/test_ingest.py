"""From the journal into the database: in order, once, whatever fails on the way."""

import asyncio

import pytest
from tests.unit.session_pod.conftest import World
from tests.unit.session_pod.fakes import until

from recado_session.gateway import BATCH

pytestmark = pytest.mark.usefixtures("patience")


async def run_until_stored(world: World, events: int) -> None:
    task = asyncio.create_task(world.ingest.run())
    await until(lambda: len(world.api.stored) >= events and not world.journal.depth)
    task.cancel()


async def test_everything_is_stored_in_order_and_acknowledged(world: World) -> None:
    await world.gateway.start()
    for number in range(2 * BATCH + 10):
        world.network.say(b"%d" % number)
    await run_until_stored(world, 2 * BATCH + 10)
    assert [event.raw for event in world.api.stored] == [b"%d" % number for number in range(2 * BATCH + 10)]


async def test_a_database_that_is_away_loses_and_doubles_nothing(world: World) -> None:
    await world.gateway.start()
    world.api.away = 3
    for number in range(5):
        world.network.say(b"%d" % number)
    await run_until_stored(world, 5)
    assert [event.raw for event in world.api.stored] == [b"%d" % number for number in range(5)]


async def test_an_event_that_comes_twice_is_stored_once(world: World) -> None:
    await world.gateway.start()
    world.network.say(b"same")
    world.network.say(b"same")
    await run_until_stored(world, 1)
    assert len(world.api.stored) == 1


async def test_a_flush_stores_what_is_left(world: World) -> None:
    await world.gateway.start()
    for number in range(BATCH + 1):
        world.network.say(b"%d" % number)
    await world.ingest.flush(1.0)
    assert world.journal.depth == 0
    assert len(world.api.stored) == BATCH + 1


async def test_what_a_flush_cannot_store_in_time_stays(world: World) -> None:
    await world.gateway.start()
    world.network.say(b"stays")
    world.api.away = 10**9
    await world.ingest.flush(0.05)
    assert world.journal.depth == 1
