"""The server's side of a WebSocket on an asyncio stream that somebody else accepted and encrypted.

The protocol itself is the sans-I/O core of `websockets`; only bytes move here, so the proxy can hand its stream over
without a second socket.
"""

import asyncio

from websockets.frames import DATA_OPCODES, CloseCode, Frame
from websockets.http11 import Request
from websockets.server import ServerProtocol

_CHUNK = 1 << 16


class WebSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = ServerProtocol(max_size=None)

    async def accept(self) -> None:
        """Answers the upgrade request; ConnectionError when it is none."""
        while True:
            for event in await self._events():
                if isinstance(event, Request):
                    self._protocol.send_response(self._protocol.accept(event))
                    self._flush()
                    return

    async def receive(self) -> bytes:
        """The next payload; boundaries of WebSocket messages mean nothing to the frames inside."""
        while True:
            data = b"".join(
                event.data
                for event in await self._events()
                if isinstance(event, Frame) and event.opcode in DATA_OPCODES
            )
            if data:
                return data

    def send(self, data: bytes) -> None:
        if self._writer.is_closing():
            return
        self._protocol.send_binary(data)
        self._flush()

    async def drain(self) -> None:
        await self._writer.drain()

    def close(self) -> None:
        if self._writer.is_closing():
            return
        self._protocol.fail(CloseCode.NORMAL_CLOSURE)
        self._flush()
        self._writer.close()

    def abort(self) -> None:
        self._writer.transport.abort()

    async def _events(self) -> list[object]:
        data = await self._reader.read(_CHUNK)
        if not data:
            raise ConnectionError("The client closed the connection")
        self._protocol.receive_data(data)
        self._flush()
        events: list[object] = list(self._protocol.events_received())
        if self._protocol.parser_exc or self._protocol.handshake_exc:
            raise ConnectionError("The client does not speak WebSocket")
        if self._protocol.close_expected():
            raise ConnectionError("The client closed the WebSocket")
        return events

    def _flush(self) -> None:
        if not self._writer.is_closing():
            self._writer.writelines(self._protocol.data_to_send())
