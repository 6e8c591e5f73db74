"""The media host: keeps what clients upload and gives it back. It never sees plain media, as the real one."""

import asyncio
import json
import re
from collections.abc import MutableMapping

from recado_simulator.accounts.records import Media
from recado_simulator.transport.hosts import MEDIA_HOST

LARGEST = 64 << 20
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class MediaHost:
    def __init__(self, media: MutableMapping[str, Media]) -> None:
        self._media = media

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            method, target, *_ = head.decode("latin-1").split(" ", 2)
            length = _LENGTH.search(head)
            size = int(length[1]) if length else 0
            if size > LARGEST:
                writer.write(_response(413, b""))
                await writer.drain()
                return
            status, body = self._answer(method, target.partition("?")[0], await reader.readexactly(size))
            writer.write(_response(status, body))
            await writer.drain()

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if method == "POST":
            place = self.keep(path.rpartition("/")[2], body)
            # clients append their own parameters with "&", so the path must carry a first one
            direct = f"{place}?ccb=1"
            return 200, json.dumps({"url": f"https://{MEDIA_HOST}{direct}", "direct_path": direct}).encode()
        kept = self._media.get(path)
        if method == "GET":
            return (200, kept.body) if kept else (404, b"")
        return 200, b""

    def keep(self, token: str, body: bytes) -> str:
        """Stores an encrypted file; returns its path."""
        place = f"/v/{token}.enc"
        self._media[place] = Media(body)
        return place


def _response(status: int, body: bytes) -> bytes:
    return f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
