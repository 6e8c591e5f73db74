"""A whole session above the port: what it tells, what ends it, and in which order it stops."""

import asyncio

import pytest
from tests.unit.session_pod.conftest import World
from tests.unit.session_pod.fakes import until

from recado_core.errors import ConfigurationError
from recado_session.database import FencedError
from recado_session.ending import QrRoundEnded, SessionEnd, StoreLostError
from recado_session.gateway import Changed, LogoutFailedError
from recado_session.journal import Journal
from recado_session.lease import LEASE_SECONDS
from recado_session.session_api import Answer
from recado_session.states import on_engine_end, on_login

DEAF = "proto: required field neonize.Receipt.Type not set"

pytestmark = pytest.mark.usefixtures("patience")


async def started(world: World) -> "asyncio.Task[SessionEnd]":
    task = asyncio.create_task(world.session.run())
    await until(lambda: world.api.beats)
    await world.settle()
    return task


async def finished(task: "asyncio.Task[SessionEnd]") -> SessionEnd:
    async with asyncio.timeout(5):
        return await task


async def test_a_linked_session_tells_its_state_and_its_address(world: World) -> None:
    task = await started(world)
    assert world.api.beats[-1] == ("online", "connected")
    assert world.api.links == [(world.network.jid, None, "memory")]
    world.stop_requested.set()
    await finished(task)


async def test_a_stop_in_order_stores_everything_and_gives_the_lease_back(world: World) -> None:
    task = await started(world)
    world.network.say(b"last words")
    world.stop_requested.set()
    world.network.say(b"very last words")
    end = await finished(task)
    assert [event.raw for event in world.api.stored] == [b"last words", b"very last words"]
    assert (end.state, end.exit_code) == ("stopped", 0)
    assert world.api.ends == [("stopped", "asked_to_stop", 0)]
    assert not (world.journal._directory / "online").exists()


async def test_a_fenced_session_ends_at_once_and_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    task = await started(world)

    async def fenced(*_arguments: object) -> Answer:
        world.network.say(b"too late")
        raise FencedError("A newer session owns this connection.")

    monkeypatch.setattr(world.api, "heartbeat", fenced)
    world.lease.tell("degraded", "anything")
    end = await finished(task)
    assert (end.reason, end.exit_code) == ("fenced", 75)
    assert world.api.ends == []
    assert b"too late" not in [event.raw for event in world.api.stored]


async def test_a_lost_lease_disconnects_before_anything_else_and_still_stores_what_came(world: World) -> None:
    world.network.acknowledging.clear()
    world.gateway._patience = 60.0
    task = await started(world)
    world.api.queue("in flight")
    world.bells.ring_here()
    await world.settle()
    world.network.say(b"came in time")
    world.clock.seconds += LEASE_SECONDS
    world.lease.tell("degraded", "anything")
    end = await asyncio.wait_for(task, 1.0)
    assert (end.reason, end.exit_code) == ("lease_lost", 75)
    assert [event.raw for event in world.api.stored] == [b"came in time"]


async def test_a_stop_without_a_database_comes_to_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recado_session.session.FLIGHT_SECONDS", 0.05)
    monkeypatch.setattr("recado_session.session.FLUSH_SECONDS", 0.05)
    world.network.acknowledging.clear()
    world.gateway._patience = 0.01
    task = await started(world)
    world.api.queue("in flight")
    world.bells.ring_here()
    await world.settle()
    world.api.away = 10**9
    world.stop_requested.set()
    end = await finished(task)
    assert (end.state, end.exit_code) == ("stopped", 0)


async def test_a_lost_store_leaves_whatsapp_before_more_comes_that_cannot_be_read(world: World) -> None:
    task = await started(world)
    world.api.away = 10**9
    world.network.say(b"came in time")
    world.store_lost.set()
    with pytest.raises(StoreLostError):
        await finished(task)
    world.network.say(b"waits at WhatsApp")
    assert world.network._device is None
    again = Journal(world.journal._directory, "wa_1")
    assert [event.raw for event in await anext(again.batches())] == [b"came in time"]
    assert not again.ended_uncleanly
    again.close()


async def test_unlinking_on_the_phone_ends_the_session_for_good(world: World) -> None:
    task = await started(world)
    world.network.unlink()
    end = await finished(task)
    assert (end.state, end.exit_code) == ("logged_out", 0)
    assert world.api.ends == [("logged_out", "unlinked", 0)]


async def test_a_code_is_shown_for_the_phone_that_the_connection_names_and_typed(world: World) -> None:
    world.network.linked = False
    world.api.phone = "+5511999990000"
    task = await started(world)
    await until(lambda: ("qr", "type_the_code") in world.api.beats)
    [(code, _, number)] = world.api.typed_codes
    assert (world.api.codes, number) == ([], 1)
    assert not world.gateway.typed("ZZZZ-ZZZZ")
    assert world.gateway.typed(code)
    await until(lambda: world.api.links)
    world.stop_requested.set()
    await finished(task)


async def test_a_qr_code_is_shown_and_scanned(world: World) -> None:
    world.network.linked = False
    task = await started(world)
    assert [code[0] for code in world.api.codes] == ["memory:1"]
    world.gateway.scanned()
    await world.settle()
    assert world.api.links == [(world.network.jid, None, "memory")]
    world.stop_requested.set()
    await finished(task)


async def test_expired_codes_hand_over_to_a_fresh_process(world: World) -> None:
    world.network.linked = False
    task = await started(world)
    world.gateway._notices.put_nowait(Changed(on_login("timeout")))
    with pytest.raises(QrRoundEnded):
        await finished(task)
    assert ("qr", "codes_expired") not in world.api.beats  # people are told when no others follow


async def test_an_engine_that_nobody_hears_ends_the_session(world: World) -> None:
    task = await started(world)
    world.network.say(b"heard")
    world.gateway._notices.put_nowait(Changed(on_engine_end(DEAF)))
    end = await finished(task)
    assert (end.state, end.reason, end.exit_code) == ("failed", "deaf", 75)
    assert [event.raw for event in world.api.stored] == [b"heard"]


async def test_a_bug_in_any_task_still_stops_in_order(world: World) -> None:
    async def broken() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    world.network.say(b"kept")
    end = await finished(asyncio.create_task(world.session.run(broken=broken())))
    assert (end.reason, end.exit_code) == ("internal_error", 75)
    assert world.api.ends == [("failed", "internal_error", 75)]


async def test_a_start_that_needs_a_person_is_not_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(_phone: str) -> None:
        raise ConfigurationError("The store holds two devices. Remove the connection and link again.")

    monkeypatch.setattr(world.gateway, "start", refuse)
    end = await finished(asyncio.create_task(world.session.run()))
    assert (end.state, end.exit_code) == ("failed", 78)


async def test_events_that_cannot_be_stored_stay_in_the_journal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recado_session.session.FLUSH_SECONDS", 0.05)
    task = await started(world)
    world.api.away = 10**9
    world.network.say(b"stays")
    world.stop_requested.set()
    await finished(task)
    assert list(world.journal._directory.glob("*.journal")) != []


async def test_the_wish_to_unlink_is_heard_at_once_and_ends_the_session(world: World) -> None:
    task = await started(world)
    world.api.answer = Answer(logout_requested=True)
    world.bells._wished.set()
    end = await finished(task)
    assert (end.state, end.reason, end.exit_code) == ("logged_out", "removed", 0)
    assert not world.network.linked
    assert world.api.ends == [("logged_out", "removed", 0)]


async def test_a_message_in_flight_lands_before_the_device_is_unlinked(world: World) -> None:
    world.network.acknowledging.clear()
    world.gateway._patience = 60.0
    task = await started(world)
    row = world.api.queue("last answer")
    world.bells.ring_here()
    await until(lambda: world.network.arrived)
    world.api.answer = Answer(logout_requested=True)
    world.bells._wished.set()
    await until(world.lease.logout_wanted.is_set)
    await world.settle()
    assert world.network.linked
    world.network.acknowledging.set()
    await finished(task)
    assert world.api.outcome(row.outbox_id) == ["sent"]
    assert not world.network.linked


async def test_an_unlinking_that_fails_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recado_session.departure.RETRY_SECONDS", 0.0)
    log_out, failures = world.gateway.logout, [1, 2]

    async def at_first_not() -> None:
        if failures:
            failures.pop()
            raise LogoutFailedError("Remove the device on the phone.")
        await log_out()

    monkeypatch.setattr(world.gateway, "logout", at_first_not)
    world.api.answer = Answer(logout_requested=True)
    end = await finished(asyncio.create_task(world.session.run()))
    assert (end.state, failures, world.network.linked) == ("logged_out", [], False)


async def test_a_device_that_is_gone_already_needs_no_unlinking(world: World) -> None:
    world.network.linked = False
    world.api.answer = Answer(logout_requested=True)
    end = await finished(asyncio.create_task(world.session.run()))
    assert (end.state, end.exit_code) == ("logged_out", 0)
