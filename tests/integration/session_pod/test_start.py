"""What a session refuses before it does anything, and how a further round of QR codes begins."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.contract.session_pod.relay import Relay
from tests.integration.session_pod import steps
from tests.integration.session_pod.process import Connection


async def refusal(connection: Connection, **settings: str) -> str:
    """The problem that a session names when it ends with exit code 78."""
    await connection.take_over()
    session = connection.spawn(settings)
    assert await asyncio.to_thread(session.wait) == 78
    return str(session.log_lines()[-1]["problem"])


async def test_the_bot_tag_must_be_off_in_the_environment_of_exec(connection: Connection) -> None:
    assert "NEONIZE_BOT_TAG must be 'off'" in await refusal(connection, NEONIZE_BOT_TAG="")


async def test_a_simulated_whatsapp_needs_its_certificate(connection: Connection) -> None:
    assert "SSL_CERT_FILE" in await refusal(connection, SSL_CERT_FILE="")


async def test_a_setting_that_does_not_fit_is_named(connection: Connection) -> None:
    assert "RECADO_EPOCH" in await refusal(connection, RECADO_EPOCH="first")
    assert "RECADO_SIMULATOR_ROOT_KEY" in await refusal(connection, RECADO_SIMULATOR_ROOT_KEY="key")


async def test_a_journal_that_cannot_be_made_is_named(connection: Connection) -> None:
    assert "RECADO_JOURNAL_DIR" in await refusal(connection, RECADO_JOURNAL_DIR="/proc/nowhere")


async def test_a_second_process_of_the_same_session_does_not_start(connection: Connection) -> None:
    first = await connection.start()
    await steps.code_shown(connection)
    assert await asyncio.to_thread(connection.spawn().wait) == 75
    assert first.running


async def test_a_stop_while_a_code_is_shown_is_quick(connection: Connection) -> None:
    session = await connection.start()
    await steps.code_shown(connection)
    assert await asyncio.to_thread(session.terminate) == 0
    assert await connection.look("select state from session_lease") == "stopped"


async def test_a_stop_while_whatsapp_does_not_answer_comes_to_an_end(connection: Connection) -> None:
    with socket.create_server(("127.0.0.1", 0)) as black_hole:  # connections wait for an accept that never comes
        proxy = f"http://127.0.0.1:{black_hole.getsockname()[1]}"
        session = await connection.start(RECADO_WHATSAPP_PROXY=proxy)
        await steps.until(
            "the session is starting", lambda: connection.look("select 1 from session_lease where state = 'starting'")
        )
        assert await asyncio.to_thread(session.terminate) == 0


async def test_expired_codes_are_followed_by_two_more_rounds_and_then_by_waiting(connection: Connection) -> None:
    await _expect_three_rounds(connection, steps.code_shown)


async def test_expired_pairing_codes_have_as_many_rounds(connection: Connection) -> None:
    await connection.pair_by_code()
    await _expect_three_rounds(connection, steps.code_to_type)


async def _expect_three_rounds(connection: Connection, shown: Callable[..., Awaitable[str]]) -> None:
    """`shown` waits for a code that is another than the one before."""
    async with Relay(connection.environment.account.simulator.proxy) as relay:
        session = await connection.start(RECADO_WHATSAPP_PROXY=relay.url)
        code = ""
        for round_number in (1, 2, 3):
            code = await shown(connection, after=code)
            assert await connection.look("select round from pairing") == round_number
            relay.cut()
        assert await asyncio.to_thread(session.wait) == 0
    assert await connection.look("select (state, reason, exit_code)::text from session_lease") == "(qr,codes_expired,0)"
    assert [line["event"] for line in session.log_lines()].count("further round of QR codes") == 2


async def test_a_code_of_a_later_round_can_be_scanned(connection: Connection) -> None:
    async with Relay(connection.environment.account.simulator.proxy) as relay:
        session = await connection.start(RECADO_WHATSAPP_PROXY=relay.url)
        code = await steps.code_shown(connection)
        relay.cut()
        code = await steps.code_shown(connection, after=code)
        await asyncio.to_thread(connection.environment.account.link, code)
        await steps.online(connection)
        assert session.terminate() == 0


async def test_a_simulated_whatsapp_may_be_named_by_its_address_alone(connection: Connection, tmp_path: Path) -> None:
    """As in a cluster, where a session's settings are written before the simulator has made its keys."""
    simulator = connection.environment.account.simulator
    known = {"RECADO_SIMULATOR_ROOT_KEY": "", "SSL_CERT_FILE": str(tmp_path / "authorities.pem")}
    session = await steps.link(connection, **known, RECADO_SIMULATOR_URL=simulator.url)
    assert await asyncio.to_thread(session.terminate) == 0
    lost = await connection.start(**known, RECADO_SIMULATOR_URL="http://127.0.0.1:9")
    assert await asyncio.to_thread(lost.wait) == 75
    assert "Look at the simulator first" in lost.log_text
