"""Length-prefixed frames on a WebSocket, and the Noise handshake with which they begin."""

from recado_simulator.crypto.curve import KeyPair
from recado_simulator.transport.noise import CipherState, HandshakeError, Responder
from recado_simulator.transport.websocket import WebSocket

_PROLOGUE_MAGIC = b"WA"
_PROLOGUE_LENGTH = 4
_LENGTH = 3


class FrameSocket:
    def __init__(self, socket: WebSocket, static: KeyPair, certificate: bytes) -> None:
        self._socket = socket
        self._static = static
        self._certificate = certificate
        self._buffer = bytearray()
        self.client_key = b""

    async def handshake(self) -> tuple[bytes, CipherState, CipherState]:
        """The client's payload, and the ciphers to read and to write with."""
        prologue = await self._take(_PROLOGUE_LENGTH)
        if not prologue.startswith(_PROLOGUE_MAGIC):
            raise HandshakeError("The client does not begin with the WhatsApp prologue")
        responder = Responder(self._static, self._certificate, prologue)
        self.send(responder.hello(await self.receive()))
        payload, reading, writing = responder.finish(await self.receive())
        self.client_key = responder.client_static
        return payload, reading, writing

    async def receive(self) -> bytes:
        return await self._take(int.from_bytes(await self._take(_LENGTH), "big"))

    def send(self, frame: bytes) -> None:
        self._socket.send(len(frame).to_bytes(_LENGTH, "big") + frame)

    async def drain(self) -> None:
        await self._socket.drain()

    def close(self) -> None:
        self._socket.close()

    def abort(self) -> None:
        self._socket.abort()

    async def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._buffer += await self._socket.receive()
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken
