"""A whole session: linked by QR code, messages in and out, and every way to end it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.integration.session_pod.process import Connection, SessionProcess


async def until(look: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        await asyncio.sleep(0.05)
    return found


async def link(connection: Connection, **settings: str) -> SessionProcess:
    session = await connection.start(**settings)
    code = await until(lambda: connection.look("select qr from pairing"))
    connection.environment.simulator.post("link", qr=code)
    await online(connection)
    return session


async def online(connection: Connection) -> None:
    await until(
        lambda: connection.look("select 1 from session_lease where state = 'online' and epoch = $1", connection.epoch)
    )


async def test_a_session_links_by_qr_code_and_stores_what_customers_write(connection: Connection) -> None:
    session = await link(connection)
    connection.environment.simulator.say("Bom dia, tem pão?")
    raw = await until(lambda: connection.look("select raw from inbox_event where kind = 'message'"))
    assert "Bom dia, tem pão?".encode() in raw
    assert await connection.look("select jid from connection") == "5511999990000:7@s.whatsapp.net"
    assert session.terminate() == 0
    assert await connection.look("select exit_code from session_lease") == 0
