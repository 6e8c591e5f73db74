"""What becomes of messages that people wrote: order, outcomes, and the message in flight when the session ends."""

import asyncio
from contextlib import suppress

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.session_pod.conftest import JOAO, MARIA, World, build
from tests.unit.session_pod.fakes import until

from recado_session.database import UnavailableError
from recado_session.ending import SessionEnd
from recado_session.gateway import Send, SendOutcome
from recado_session.number_health import FIRST_SECONDS
from recado_session.pacing import TokenBucket
from recado_session.session_api import Answer, Claimed, Unresolved


async def run_until_idle(world: World) -> None:
    """The outbound loop, until its outbox is empty and reported."""
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    expected = len(world.api.outbox)
    await until(lambda: task.done() or len({report.outbox_id for report in world.api.reports}) >= expected)
    if task.done():
        task.result()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def advance(world: World) -> bool:
    world.clock.seconds += 0.02
    return True


def later(world: World, seconds: float) -> None:
    """Time passes, with the heartbeats that it takes."""
    world.clock.seconds += seconds
    world.lease._proved_at = world.clock.seconds


async def test_messages_arrive_in_the_order_in_which_they_were_claimed(world: World) -> None:
    await world.gateway.start()
    rows = [world.api.queue(f"text {number}", chat=[MARIA, JOAO][number % 2]) for number in range(25)]
    await run_until_idle(world)
    assert [one.text for one in world.network.arrived] == [f"text {number}" for number in range(25)]
    assert [report.outbox_id for report in world.api.reports] == [row.outbox_id for row in rows]
    assert {report.outcome for report in world.api.reports} == {"sent"}


async def test_a_sent_message_is_reported_with_its_id(world: World) -> None:
    await world.gateway.start()
    row = world.api.queue("Bom dia")
    await run_until_idle(world)
    (report,) = world.api.reports
    assert report.wa_id == await world.gateway.find_attempt(row.attempt_key)


async def test_a_number_without_whatsapp_is_no_recipient(world: World) -> None:
    await world.gateway.start()
    row = world.api.queue("Oi", chat="5511000000000@s.whatsapp.net")
    await run_until_idle(world)
    assert world.api.outcome(row.outbox_id) == ["no_recipient"]


@pytest.mark.parametrize("body", [{"kind": "image", "text": "x"}, {"kind": "text"}, {}, {"kind": "text", "text": 1}])
async def test_what_this_session_cannot_send_is_rejected(world: World, body: dict[str, object]) -> None:
    await world.gateway.start()
    row = world.api.queue("x")
    world.api.outbox[0] = msgspec.structs.replace(row, body=body)
    await run_until_idle(world)
    assert world.api.outcome(row.outbox_id) == ["rejected"]
    assert world.network.arrived == []


async def test_nothing_is_claimed_before_the_session_is_online(world: World) -> None:
    world.api.queue("too early")
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    await world.settle()
    assert len(world.api.outbox) == 1
    task.cancel()


async def test_nothing_is_claimed_while_paused(world: World) -> None:
    await world.gateway.start()
    world.lease.answer = Answer(paused=True)
    world.api.queue("paused")
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    await world.settle()
    assert len(world.api.outbox) == 1
    task.cancel()


async def test_a_session_that_slept_through_its_lease_sends_nothing_when_it_wakes(world: World) -> None:
    await world.gateway.start()
    world.api.queue("late")
    world.clock.seconds += 20
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    await world.settle()
    assert world.network.arrived == []
    task.cancel()


async def test_a_message_claimed_just_before_the_connection_was_lost_goes_back(world: World) -> None:
    await world.gateway.start()
    first, second = world.api.queue("one"), world.api.queue("two", chat=JOAO)
    world.network.acknowledging.clear()
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    await world.settle()
    world.gateway.signal("disconnected")
    world.network.acknowledging.set()
    await until(lambda: len(world.api.reports) == 2)
    assert world.api.outcome(first.outbox_id) == ["sent"]
    assert world.api.outcome(second.outbox_id) == ["not_sent"]
    task.cancel()


async def test_a_send_without_an_answer_is_uncertain_and_later_unknown(world: World) -> None:
    await world.gateway.start()
    world.network.acknowledging.clear()
    row = world.api.queue("?")
    await run_until_idle(world)
    assert world.api.outcome(row.outbox_id) == ["uncertain"]
    assert world.api.reports[0].wa_id == await world.gateway.find_attempt(row.attempt_key)
    watch = asyncio.create_task(world.recovery.run())
    await until(lambda: advance(world) and len(world.api.reports) == 2)
    assert world.api.outcome(row.outbox_id) == ["uncertain", "unknown"]
    watch.cancel()


async def test_a_send_that_hangs_is_uncertain_and_ends_the_process(world: World) -> None:
    await world.gateway.start()
    world.network.acknowledging.clear()
    world.gateway._patience = 60.0
    row = world.api.queue("stuck")
    with pytest.raises(SessionEnd, match="send_stuck") as end:
        await run_until_idle(world)
    assert end.value.exit_code == 75
    assert world.api.outcome(row.outbox_id) == ["uncertain"]


async def test_a_stop_lets_the_message_in_flight_land_and_gives_the_others_back(world: World) -> None:
    await world.gateway.start()
    world.network.acknowledging.clear()
    world.gateway._patience = 60.0
    rows = [world.api.queue(f"text {number}", chat=[MARIA, JOAO][number % 2]) for number in range(3)]
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    await world.settle()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    asyncio.get_running_loop().call_later(0.02, world.network.acknowledging.set)
    await world.outbound.finish(1.0)
    assert [world.api.outcome(row.outbox_id) for row in rows] == [["sent"], ["not_sent"], ["not_sent"]]
    assert [one.text for one in world.network.arrived] == ["text 0"]


@pytest.mark.usefixtures("patience")
async def test_an_outcome_survives_a_database_that_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.gateway.start()
    row = world.api.queue("Bom dia")
    send = world.gateway.send

    async def send_and_lose_the_database(command: Send, attempt_key: bytes) -> SendOutcome:
        outcome = await send(command, attempt_key)
        world.api.away = 3
        return outcome

    monkeypatch.setattr(world.gateway, "send", send_and_lose_the_database)
    await run_until_idle(world)
    assert world.api.outcome(row.outbox_id) == ["sent"]


async def test_a_claim_whose_answer_was_lost_is_resolved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL committed the claim and died before it could say so."""
    await world.gateway.start()
    row = world.api.queue("Bom dia")

    async def commit_and_die(limit: int) -> list[Claimed]:
        monkeypatch.undo()
        (taken,) = await world.api.claim(limit)
        world.api.leftovers = [Unresolved(taken.outbox_id, taken.chat, taken.attempt_key, None, "sending")]
        raise UnavailableError("PostgreSQL is away.")

    monkeypatch.setattr(world.api, "claim", commit_and_die)
    await run_until_idle(world)
    assert world.api.outcome(row.outbox_id) == ["not_sent"]


async def test_a_limit_paces_the_messages(world: World) -> None:
    await world.gateway.start()
    world.outbound.pacing = TokenBucket(2, 3600.0, world.clock)
    for number in range(3):
        world.api.queue(f"text {number}")
    task = asyncio.create_task(world.outbound.run())
    world.bells.ring_here()
    await world.settle()
    await asyncio.sleep(0.01)
    assert [one.text for one in world.network.arrived] == ["text 0", "text 1"]
    assert len(world.api.outbox) == 1
    task.cancel()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chats=st.lists(st.sampled_from([MARIA, JOAO, "5511000000000@s.whatsapp.net"]), max_size=30))
def test_whatever_fails_each_row_has_one_outcome_and_the_order_stays(
    tmp_path_factory: pytest.TempPathFactory, chats: list[str]
) -> None:
    async def check() -> None:
        world = build(tmp_path_factory.mktemp("journal"))
        await world.gateway.start()
        rows = [world.api.queue(f"{number}", chat=chat) for number, chat in enumerate(chats)]
        await run_until_idle(world)
        assert [report.outbox_id for report in world.api.reports] == [row.outbox_id for row in rows]
        arrived = [int(one.text) for one in world.network.arrived]
        assert arrived == [number for number, chat in enumerate(chats) if chat in {MARIA, JOAO}]
        world.journal.close()
        await world.bells.close()

    asyncio.run(check())


async def test_a_refusal_of_the_number_silences_it_and_loses_nothing(world: World) -> None:
    await world.gateway.start()
    world.network.refusing = 1
    rows = [world.api.queue(f"text {number}") for number in range(3)]
    await run_until_idle(world)
    assert [world.api.outcome(row.outbox_id) for row in rows] == [["not_sent"]] * 3
    assert [report.reason for report in world.api.reports][:1] == ["reach_out_restricted"]
    assert world.network.arrived == []
    assert await world.lease.renew()
    assert world.api.beats[-1] == ("restricted", "reach_out_restricted:until 2026-11-01T12:01:00Z")


async def test_a_limited_number_claims_nothing_until_its_time_is_over_and_then_one_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recado_session.outbound.POLL_SECONDS", 0.001)
    await world.gateway.start()
    world.network.refusing = 2
    world.api.queue("first try")
    await run_until_idle(world)
    for number in range(4):
        world.api.queue(f"waits {number}")
    task = asyncio.create_task(world.outbound.run())
    later(world, FIRST_SECONDS - 1)
    await asyncio.sleep(0.02)
    assert len(world.api.outbox) == 4
    later(world, 1)
    await until(lambda: len(world.api.outbox) == 3)  # one is tried, and refused: the number rests twice as long
    later(world, FIRST_SECONDS)
    await asyncio.sleep(0.02)
    assert len(world.api.outbox) == 3
    later(world, FIRST_SECONDS)
    await until(lambda: len(world.network.arrived) == 3)
    assert not world.outbound.health.on_trial
    assert await world.lease.renew()
    assert world.api.beats[-1] == ("online", "connected")
    task.cancel()
