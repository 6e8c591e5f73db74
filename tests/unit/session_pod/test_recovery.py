"""What an earlier session left behind."""

import asyncio
from uuid import uuid4

from tests.unit.session_pod.conftest import MARIA, World

from recado_session.gateway import Send
from recado_session.session_api import Unresolved

KEY = bytes(range(32))


def leftover(*, state: str = "sending", wa_id: str | None = None) -> Unresolved:
    return Unresolved(uuid4(), MARIA, KEY, wa_id, state)


async def test_a_message_that_was_never_attempted_goes_back_to_the_queue(world: World) -> None:
    world.api.leftovers = [leftover()]
    await world.recovery.resolve()
    assert [(report.outcome, report.wa_id) for report in world.api.reports] == [("not_sent", None)]


async def test_a_message_that_may_have_left_waits_under_its_id_and_is_never_sent_again(world: World) -> None:
    await world.gateway.start()
    await world.gateway.send(Send(MARIA, "?"), KEY)
    world.api.leftovers = [leftover()]
    await world.recovery.resolve()
    wa_id = await world.gateway.find_attempt(KEY)
    assert [(report.outcome, report.wa_id) for report in world.api.reports] == [("uncertain", wa_id)]


async def test_what_an_earlier_session_has_reported_only_goes_on_waiting(world: World) -> None:
    await world.gateway.start()
    world.api.leftovers = [leftover(state="unconfirmed", wa_id="3EB0")]
    await world.recovery.resolve()
    assert world.api.reports == []
    task = asyncio.create_task(world.recovery.run())
    await advance(world)
    assert [report.outcome for report in world.api.reports] == ["unknown"]
    task.cancel()


async def test_time_without_a_connection_does_not_count(world: World) -> None:
    world.api.leftovers = [leftover(state="unconfirmed", wa_id="3EB0")]
    await world.recovery.resolve()
    task = asyncio.create_task(world.recovery.run())
    await advance(world)
    assert world.api.reports == []
    await world.gateway.start()
    await advance(world)
    assert [report.outcome for report in world.api.reports] == ["unknown"]
    task.cancel()


async def advance(world: World) -> None:
    """Ten ticks, each of a quarter of the waiting time."""
    for _ in range(10):
        world.clock.seconds += 0.01
        await asyncio.sleep(0.011)
