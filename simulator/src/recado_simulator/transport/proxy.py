"""The way in: an HTTP CONNECT proxy that ends the TLS itself. Hosts that are not WhatsApp's do not exist behind it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from recado_core.log import logger
from recado_simulator.transport.hosts import CHAT_HOST, is_media

log = logger(__name__)

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_LONGEST_HEAD = 1 << 16


class Proxy:
    def __init__(self, context: ssl.SSLContext, chat: Handler, media: Handler) -> None:
        self._context = context
        self._chat = chat
        self._media = media
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, asyncio.Future[None]] = {}

    async def start(self, host: str, port: int) -> int:
        """Returns the port it listens on."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=_LONGEST_HEAD)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Breaks every connection and waits until their handlers are done."""
        if self._server:
            self._server.close()
        ending = list(self._open.values())
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*ending)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done = self._open[writer] = asyncio.get_running_loop().create_future()
        try:
            await self._serve(reader, writer)
        except (ConnectionError, EOFError, ssl.SSLError, asyncio.LimitOverrunError) as error:
            log.debug("connection ended", reason=type(error).__name__)
        finally:
            writer.close()
            del self._open[writer]
            done.set_result(None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, *_ = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split(" ", 2)
        host = target.partition(":")[0]
        handler = self._chat if host == CHAT_HOST else self._media if is_media(host) else None
        if method != "CONNECT" or handler is None:
            log.warning("refused a host outside the simulated network", host=host)
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        await writer.start_tls(self._context)
        await handler(reader, writer)
