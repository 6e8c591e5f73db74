"""/livez says that the event loop turns, /readyz that messages flow. Fifty lines instead of a web framework."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

READ_SECONDS = 5.0


class HealthServer:
    def __init__(self, host: str, port: int, ready: Callable[[], bool]) -> None:
        self._host = host
        self._port = port
        self._ready = ready

    async def run(self) -> None:
        """Never returns."""
        server = await asyncio.start_server(self._serve, self._host, self._port)
        async with server:
            await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_SECONDS):
                request = await reader.readuntil(b"\r\n")
                writer.write(self._answer(request))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _answer(self, request: bytes) -> bytes:
        status = self._status(request.split(b" ")[1] if request.count(b" ") > 1 else b"")
        return f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()

    def _status(self, path: bytes) -> HTTPStatus:
        match path:
            case b"/livez":
                return HTTPStatus.OK
            case b"/readyz":
                return HTTPStatus.OK if self._ready() else HTTPStatus.SERVICE_UNAVAILABLE
            case _:
                return HTTPStatus.NOT_FOUND
