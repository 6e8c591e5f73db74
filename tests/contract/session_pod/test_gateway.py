"""What every gateway promises, held against the one in memory and the real engine alike."""

import asyncio
import re

import pytest
from tests.contract.session_pod.worlds import SECONDS, World, attempt_key, link, received, until_arrived, until_state

from recado_core.errors import RecadoError
from recado_core.session_states import ExitCode
from recado_session.gateway import (
    Changed,
    CodeShown,
    Linked,
    NoSuchRecipient,
    Notice,
    NotSent,
    QrShown,
    Rejected,
    Restricted,
    Send,
    Sent,
    WhatsAppGateway,
)


async def notices_until(gateway: WhatsAppGateway, kind: type[Notice]) -> list[Notice]:
    seen: list[Notice] = []
    async with asyncio.timeout(SECONDS):
        async for notice in gateway.notices():
            seen.append(notice)
            if isinstance(notice, kind):
                break
    return seen


async def test_the_first_start_shows_a_code_and_a_scan_links_it(world: World) -> None:
    gateway = await world.open()
    await gateway.start()
    seen = await notices_until(gateway, QrShown)
    assert [notice.transition.state for notice in seen if isinstance(notice, Changed)] == ["qr"]
    code = seen[-1]
    assert isinstance(code, QrShown)
    assert (code.number, code.seconds) == (1, 60.0)
    await world.scan(gateway, code.text)
    seen = await notices_until(gateway, Linked)
    states = [notice.transition.state for notice in seen if isinstance(notice, Changed)]
    assert states[0] == "pairing"
    assert states[-1] == "online"
    assert gateway.state == "online"
    await world.end(gateway)


async def test_a_code_typed_on_the_phone_links_it_and_no_qr_code_is_shown(world: World) -> None:
    gateway = await world.open()
    await gateway.start(world.number)
    seen = await notices_until(gateway, CodeShown)
    assert [notice.transition.reason for notice in seen if isinstance(notice, Changed)] == ["type_the_code"]
    code = seen[-1]
    assert isinstance(code, CodeShown)
    assert code.seconds == 160.0
    assert re.fullmatch(r"[1-9A-Z]{4}-[1-9A-Z]{4}", code.text)
    assert await world.type_code(gateway, code.text)
    seen = await notices_until(gateway, Linked)
    assert not [notice for notice in seen if isinstance(notice, QrShown)]
    states = [notice.transition.state for notice in seen if isinstance(notice, Changed)]
    assert (states[0], states[-1]) == ("pairing", "online")
    await world.end(gateway)


async def test_a_wrong_code_links_nothing_and_the_right_one_still_does(world: World) -> None:
    gateway = await world.open()
    await gateway.start(world.number)
    code = (await notices_until(gateway, CodeShown))[-1]
    assert isinstance(code, CodeShown)
    assert not await world.type_code(gateway, "1111-1111")
    assert await world.linked_devices() == 0
    assert await world.type_code(gateway, code.text)
    await notices_until(gateway, Linked)
    assert await world.linked_devices() == 1
    await world.end(gateway)


async def test_messages_come_in_order_with_rising_numbers(world: World) -> None:
    gateway = await link(world)
    await world.say("pedido", 30)
    numbers: list[int] = []
    raws: list[bytes] = []
    async with asyncio.timeout(SECONDS):
        async for batch in gateway.events():
            numbers += [event.journal_seq for event in batch]
            raws += [event.raw for event in batch if event.kind == "message"]
            if len(raws) == 30:
                break
    assert numbers == sorted(set(numbers))
    assert all(f"pedido {place}".encode() in raw for place, raw in enumerate(raws, 1))
    await world.end(gateway)


async def test_what_was_not_acknowledged_comes_again_after_a_crash(world: World) -> None:
    gateway = await link(world)
    await world.say("antes")
    (batch,) = [await asyncio.wait_for(anext(gateway.events()), SECONDS)]
    await gateway.ack(batch[-1].journal_seq)
    await gateway.ack(batch[-1].journal_seq)
    await gateway.ack(0)
    await world.say("depois")
    (first,) = await received(gateway, 1)
    await world.crash(gateway)
    again = await world.open()
    assert await received(again, 1) == [first]
    await world.end(again)


async def test_a_linked_session_resumes_without_a_code(world: World) -> None:
    gateway = await link(world)
    await world.crash(gateway)
    await world.say("enquanto isso")
    again = await world.open()
    await again.start()
    seen = await notices_until(again, Linked)
    assert not [notice for notice in seen if isinstance(notice, QrShown)]
    assert again.state == "online"
    (raw,) = await received(again, 1)
    assert b"enquanto isso" in raw
    await world.end(again)


async def test_a_message_arrives_and_its_attempt_is_known(world: World) -> None:
    gateway = await link(world)
    key = attempt_key()
    outcome = await gateway.send(Send(world.customer, "Já vai"), key)
    assert isinstance(outcome, Sent)
    await until_arrived(world, "Já vai")
    assert await gateway.find_attempt(key) == outcome.wa_id
    assert await gateway.find_attempt(attempt_key()) is None
    await world.end(gateway)


async def test_messages_arrive_in_the_order_of_sending(world: World) -> None:
    gateway = await link(world)
    for number in range(10):
        assert isinstance(await gateway.send(Send(world.customer, f"{number}"), attempt_key()), Sent)
    await until_arrived(world, *map(str, range(10)))
    await world.end(gateway)


async def test_a_number_without_whatsapp_is_told_and_nothing_was_attempted(world: World) -> None:
    gateway = await link(world)
    key = attempt_key()
    assert isinstance(await gateway.send(Send(world.stranger, "Oi"), key), NoSuchRecipient)
    assert await gateway.find_attempt(key) is None
    await world.end(gateway)


@pytest.mark.parametrize("address", ["5511988887777", "not an address", ""])
async def test_a_bad_address_is_rejected(world: World, address: str) -> None:
    gateway = await link(world)
    assert isinstance(await gateway.send(Send(address, "Oi"), attempt_key()), Rejected)
    await world.end(gateway)


async def test_a_limited_number_is_told_and_its_message_did_not_arrive(world: World) -> None:
    gateway = await link(world)
    await world.limit()
    assert isinstance(await gateway.send(Send(world.customer, "cedo demais"), attempt_key()), Restricted)
    assert isinstance(await gateway.send(Send(world.customer, "agora sim"), attempt_key()), Sent)
    await until_arrived(world, "agora sim")
    await world.end(gateway)


async def test_nothing_leaves_before_the_session_is_linked(world: World) -> None:
    gateway = await world.open()
    await gateway.start()
    await notices_until(gateway, QrShown)
    key = attempt_key()
    assert isinstance(await gateway.send(Send(world.customer, "Oi"), key), NotSent)
    assert await gateway.find_attempt(key) is None
    await world.end(gateway)


async def test_an_attempt_is_known_after_a_crash_in_the_middle_of_a_send(world: World) -> None:
    gateway = await link(world)
    await world.withhold_acknowledgements()
    key = attempt_key()
    send = asyncio.create_task(gateway.send(Send(world.customer, "talvez"), key))
    await until_arrived(world, "talvez")
    assert not send.done()
    await world.crash(gateway)
    send.cancel()
    again = await world.open()
    assert await again.find_attempt(key)
    await world.end(again)


async def test_a_stop_loses_nothing_and_doubles_nothing(world: World) -> None:
    gateway = await link(world)
    await world.say("rajada", 40)
    await gateway.stop(5.0)
    await world.end(gateway)
    again = await world.open()
    await again.start()
    keys: dict[str, bytes] = {}
    async with asyncio.timeout(SECONDS):
        async for batch in again.events():
            keys |= {event.key: event.raw for event in batch if event.kind == "message"}
            if len(keys) >= 40:
                break
    assert all(any(f"rajada {number}".encode() in raw for raw in keys.values()) for number in range(1, 41))
    await world.end(again)


async def test_logging_out_forgets_the_device(world: World) -> None:
    gateway = await link(world)
    assert await world.linked_devices() == 1
    await gateway.logout()
    assert await world.linked_devices() == 0
    assert await until_state(gateway, "logged_out") == "logged_out"
    await world.end(gateway)
    again = await world.open()
    await again.start()
    assert isinstance((await notices_until(again, QrShown))[-1], QrShown)
    await world.end(again)


async def test_logging_out_needs_a_connection(world: World) -> None:
    gateway = await world.open()
    with pytest.raises(RecadoError):
        await gateway.logout()
    await world.end(gateway)


async def test_unlinking_on_the_phone_is_final(world: World) -> None:
    gateway = await link(world)
    await world.unlink()
    async with asyncio.timeout(SECONDS):
        async for notice in gateway.notices():
            if isinstance(notice, Changed) and notice.transition.exit_code is not None:
                assert notice.transition.state == "logged_out"
                assert notice.transition.exit_code is ExitCode.TERMINAL_STATE_STORED
                break
    await gateway.stop(5.0)
    await world.end(gateway)
    again = await world.open()
    await again.start()
    await notices_until(again, QrShown)
    await world.end(again)


async def test_a_device_taken_over_elsewhere_ends_the_session(world: World) -> None:
    gateway = await link(world)
    await world.replace()
    assert await until_state(gateway, "replaced") == "linked_elsewhere"
    await world.end(gateway)
