"""The engine's traps (engine research §0, §1.4, §4), each as it was measured, with the real engine."""

import asyncio
import json
import signal
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from tests.contract.session_pod.relay import Relay
from tests.contract.session_pod.remote import RemoteError, RemoteGateway
from tests.contract.session_pod.worlds import SECONDS, EngineWorld, attempt_key, link, received, until_state
from tests.support.simulator import wait_until

from recado_core.session_states import ExitCode
from recado_session.gateway import Changed, QrShown, Rejected, Send, Sent, WhatsAppGateway
from recado_session.states import Transition


async def first_end(gateway: WhatsAppGateway) -> Transition:
    async with asyncio.timeout(SECONDS):
        async for notice in gateway.notices():
            if isinstance(notice, Changed) and notice.transition.exit_code is not None:
                return notice.transition
    raise AssertionError("notices never end")


async def look(world: EngineWorld, query: str, *arguments: object) -> Any:
    settings = world.database
    connection = await asyncpg.connect(
        host=settings.host, user=settings.user, password=settings.password, database=settings.name
    )
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()


async def test_a_receipt_of_an_unknown_type_makes_the_engine_deaf_and_that_ends_the_session(
    engine_world: EngineWorld,
) -> None:
    gateway = await link(engine_world)
    engine_world.account.fault("malformed", variant="receipt")
    end = await first_end(gateway)
    assert (end.state, end.reason, end.exit_code) == ("failed", "deaf", ExitCode.TRY_AGAIN)


async def test_only_the_login_status_tells_that_codes_expired(engine_world: EngineWorld) -> None:
    async with Relay(engine_world.proxy) as relay:
        engine_world.proxy = relay.url
        gateway = await engine_world.open()
        await gateway.start()
        async for notice in gateway.notices():
            if isinstance(notice, QrShown):
                break
        relay.cut()
        end = await first_end(gateway)
        assert (end.state, end.reason, end.exit_code) == ("qr", "codes_expired", ExitCode.TRY_AGAIN)
        await engine_world.crash(gateway)


async def test_a_whatsapp_that_cannot_be_reached_ends_the_session_at_once(engine_world: EngineWorld) -> None:
    engine_world.proxy = "http://127.0.0.1:1"
    gateway = await engine_world.open()
    await gateway.start()
    end = await first_end(gateway)
    assert (end.state, end.reason, end.exit_code) == ("failed", "whatsapp_unreachable", ExitCode.TRY_AGAIN)


@pytest.mark.parametrize(
    ("fault", "state", "reason", "exit_code"),
    [
        ({"kind": "ban", "code": 999, "seconds": 3600}, "banned", "temporary_ban:unknown", 0),
        ({"kind": "connect_failure", "code": 405}, "outdated", "client_outdated", 0),
        ({"kind": "connect_failure", "code": 418}, "failed", "connect_failure:unknown", 75),
        ({"kind": "connect_failure", "code": 401}, "logged_out", "unlinked:logged_out", 0),
        ({"kind": "connect_failure", "code": 403}, "logged_out", "locked:main_device_gone", 0),
        ({"kind": "connect_failure", "code": 406}, "logged_out", "banned:unknown_logout", 0),
    ],
)
async def test_refused_logins(
    engine_world: EngineWorld, fault: dict[str, Any], state: str, reason: str, exit_code: int
) -> None:
    gateway = await link(engine_world)
    engine_world.account.fault(**fault)
    end = await first_end(gateway)
    assert (end.state, end.exit_code) == (state, exit_code)
    assert end.reason.startswith(reason)


async def test_a_ban_says_until_when(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    engine_world.account.fault("ban", code=102, seconds=3600)
    end = await first_end(gateway)
    what, _, until = end.reason.partition(" until ")
    assert (end.state, what) == ("banned", "temporary_ban:blocked_by_users")
    assert abs(datetime.fromisoformat(until) - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=1)


async def test_a_ban_without_an_end_names_none(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    engine_world.account.fault("ban", code=102)
    end = await first_end(gateway)
    assert (end.state, end.reason) == ("banned", "temporary_ban:blocked_by_users")


async def test_a_lost_connection_comes_back_by_itself(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    engine_world.account.fault("drop_socket")
    assert await until_state(gateway, "reconnecting") == "connection_lost"
    assert await until_state(gateway, "online") == "connected"


async def test_a_message_that_whatsapp_refuses(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    engine_world.account.fault("error_ack", code=479, count=1)
    assert await gateway.send(Send(engine_world.customer, "Oi"), attempt_key()) == Rejected("refused:479")


async def test_what_whatsapp_believes_delivered_is_in_the_journal_even_when_python_hangs_and_dies(
    engine_world: EngineWorld,
) -> None:
    gateway = await link(engine_world)
    assert isinstance(gateway, RemoteGateway)
    frozen = asyncio.create_task(gateway.call("freeze", 30))
    await asyncio.to_thread(engine_world.account.say, "sem parar", 50)
    await asyncio.to_thread(
        wait_until, "all are acknowledged", lambda: len(engine_world.account.acknowledged()) == 50, SECONDS
    )
    await engine_world.crash(gateway)
    frozen.cancel()
    again = await engine_world.open()
    assert len(await received(again, 50)) == 50


async def test_two_devices_in_the_store_are_refused(engine_world: EngineWorld) -> None:
    await engine_world.crash(await link(engine_world))
    await look(
        engine_world,
        "insert into whatsmeow_device select (jsonb_populate_record(d, jsonb_build_object('jid', 'other'))).* "
        "from whatsmeow_device d",
    )
    again = await engine_world.open()
    with pytest.raises(RemoteError, match=r"session\.too_many_devices"):
        await again.start()


async def test_a_session_resumes_the_device_it_names(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    jid = await look(engine_world, "select jid from whatsmeow_device")
    assert jid == f"{engine_world.account.number}:1@s.whatsapp.net"
    await engine_world.crash(gateway)
    again = await engine_world.open()
    await again.start()
    assert await until_state(again, "online") == "connected"
    assert await look(engine_world, "select jid from whatsmeow_device") == jid


async def test_the_executor_has_room_for_calls_that_hang(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    assert isinstance(gateway, RemoteGateway)
    assert await gateway.call("executor_threads") == 24
    engine_world.account.fault("never_ack")
    hanging = [
        asyncio.create_task(gateway.send(Send(engine_world.customer, f"{number}"), attempt_key()))
        for number in range(8)
    ]
    await asyncio.sleep(0.5)
    await asyncio.wait_for(gateway.stop(10.0), 10.0)
    for task in hanging:
        task.cancel()


async def test_a_panic_of_the_engine_kills_the_process_but_not_its_journal_and_is_told_later(
    engine_world: EngineWorld,
) -> None:
    gateway = await link(engine_world)
    assert isinstance(gateway, RemoteGateway)
    await asyncio.to_thread(engine_world.account.say, "antes do fim")
    (raw,) = await received(gateway, 1)
    await gateway.stop(5.0)
    await gateway.call("stop_library")
    panic = asyncio.create_task(gateway.call("crash_engine"))
    assert await asyncio.to_thread(engine_world.wait, gateway) == -signal.SIGABRT
    panic.cancel()
    again = await engine_world.open()
    assert await received(again, 1) == [raw]
    assert "the last process died in the engine" in engine_world.log.read_text()


async def test_the_engine_leaves_no_files_and_says_nothing_that_is_private(engine_world: EngineWorld) -> None:
    gateway = await link(engine_world)
    await asyncio.to_thread(engine_world.account.say, "segredo de Maria")
    await received(gateway, 1)
    assert isinstance(await gateway.send(Send(engine_world.customer, "segredo da loja"), attempt_key()), Sent)
    engine_world.account.fault("malformed", variant="ciphertext")
    engine_world.account.fault("drop_socket")
    await until_state(gateway, "reconnecting")
    await until_state(gateway, "online")
    await engine_world.crash(gateway)
    assert list((engine_world.directory / "working").iterdir()) == []
    lines = engine_world.log.read_text().splitlines()
    assert lines
    assert [line for line in lines if not isinstance(json.loads(line), dict)] == []
    for secret in ("segredo", engine_world.account.number, engine_world.database.password, "2@", "linked_devices"):
        assert secret not in engine_world.log.read_text()
