"""Server-sent events for the page: hints of what changed. A reader that is too slow is told to look at everything."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web

MOST_WAITING = 1000
HEARTBEAT = 15.0


class Stream:
    def __init__(self) -> None:
        self._readers: set[asyncio.Queue[bytes]] = set()
        self._encoder = msgspec.json.Encoder()
        self._closed = False

    def publish(self, kind: str, **facts: Any) -> None:
        if not self._readers:
            return
        line = self._line({"kind": kind, **facts})
        for queue in self._readers:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(self._line({"kind": "reset"}))
            else:
                queue.put_nowait(line)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        queue: asyncio.Queue[bytes] = asyncio.Queue(MOST_WAITING)
        queue.put_nowait(self._line({"kind": "reset"}))
        self._readers.add(queue)
        try:
            while not self._closed:
                await response.write(await self._next(queue))
        except ConnectionError:
            pass
        finally:
            self._readers.discard(queue)
        return response

    def close(self) -> None:
        self._closed = True
        for queue in self._readers:
            if not queue.full():
                queue.put_nowait(b": end\n\n")

    async def _next(self, queue: asyncio.Queue[bytes]) -> bytes:
        try:
            return await asyncio.wait_for(queue.get(), HEARTBEAT)
        except TimeoutError:
            return b": still here\n\n"

    def _line(self, event: dict[str, Any]) -> bytes:
        return b"data: " + self._encoder.encode(event) + b"\n\n"
