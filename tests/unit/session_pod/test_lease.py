"""The lease: proofs, changes that are told at once, and giving up in time."""

import asyncio

import pytest
from tests.unit.session_pod.conftest import World

from recado_session.database import FencedError
from recado_session.ending import Haste, SessionEnd
from recado_session.lease import LEASE_SECONDS, Lease
from recado_session.session_api import Answer


async def test_a_heartbeat_proves_the_lease_and_brings_back_what_people_want(world: World) -> None:
    world.api.answer = Answer(paused=True, pairing_requested=True)
    world.clock.seconds += LEASE_SECONDS - 1
    assert await world.lease.renew()
    world.clock.seconds += LEASE_SECONDS - 1
    assert world.lease.held
    assert world.lease.answer == Answer(paused=True, pairing_requested=True)


async def test_without_an_answer_the_lease_runs_out(world: World) -> None:
    world.api.away = 99
    world.clock.seconds += LEASE_SECONDS - 1
    assert not await world.lease.renew()
    world.clock.seconds += 1
    assert not world.lease.held
    with pytest.raises(SessionEnd, match="lease_lost") as end:
        await world.lease.run()
    assert (end.value.exit_code, end.value.haste) == (75, Haste.HURRIED)


async def test_a_process_that_was_stopped_for_too_long_does_not_renew_when_it_wakes(world: World) -> None:
    world.clock.seconds += LEASE_SECONDS + 10
    with pytest.raises(SessionEnd, match="lease_lost"):
        await world.lease.run()
    assert world.api.beats == []


async def test_a_slow_answer_counts_from_the_question(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(*_arguments: object) -> Answer:
        world.clock.seconds += LEASE_SECONDS
        return Answer()

    monkeypatch.setattr(world.api, "heartbeat", slow)
    assert await world.lease.renew()
    assert not world.lease.held


async def test_a_change_is_told_at_once(world: World) -> None:
    task = asyncio.create_task(world.lease.run())
    await world.settle()
    world.lease.tell("online", "connected")
    await world.settle()
    assert world.api.beats == [("starting", "starting"), ("online", "connected")]
    task.cancel()


async def test_somebody_elses_lease_ends_the_task(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fenced(*_arguments: object) -> Answer:
        raise FencedError("A newer session owns this connection.")

    monkeypatch.setattr(world.api, "heartbeat", fenced)
    with pytest.raises(FencedError):
        await world.lease.run()


async def test_a_new_state_is_announced_once_when_it_is_stored(world: World) -> None:
    announced: list[str] = []
    lease = Lease(world.api, world.clock, dict, stored=lambda: announced.append(world.api.beats[-1][0]))
    world.api.away = 1
    lease.tell("qr", "code_shown")
    assert not await lease.renew()
    assert announced == []
    for _ in range(2):
        await lease.renew()
    lease.tell("online", "connected")
    await lease.renew()
    assert announced == ["qr", "online"]
