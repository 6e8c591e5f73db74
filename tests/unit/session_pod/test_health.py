"""The two questions that Kubernetes asks."""

import asyncio
from contextlib import suppress

import pytest

from recado_session.health import HealthServer


def answer(path: str, *, ready: bool) -> bytes:
    server = HealthServer("127.0.0.1", 0, lambda: ready)
    return server._answer(f"GET {path} HTTP/1.1\r\n".encode()).split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("path", "ready", "status"),
    [
        ("/livez", False, b"200 OK"),
        ("/readyz", True, b"200 OK"),
        ("/readyz", False, b"503 Service Unavailable"),
        ("/", True, b"404 Not Found"),
    ],
)
def test_answers(path: str, ready: bool, status: bytes) -> None:  # noqa: FBT001 - a column of the table
    assert answer(path, ready=ready) == b"HTTP/1.1 " + status


async def connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(500):
        with suppress(ConnectionRefusedError):
            return await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.01)
    raise AssertionError("nobody listens")


async def test_it_answers_over_the_network(unused_tcp_port: int) -> None:
    server = asyncio.create_task(HealthServer("127.0.0.1", unused_tcp_port, lambda: True).run())
    reader, writer = await connect(unused_tcp_port)
    writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200 OK")
    writer.close()
    await writer.wait_closed()
    server.cancel()
