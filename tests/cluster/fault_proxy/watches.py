"""An open watch on its way through the proxy: its events can be held back, and it can be told that it is too old."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp
from tests.cluster.fault_proxy.calls import Call
from tests.cluster.fault_proxy.faults import expired_event


class OpenWatch:
    def __init__(self, call: Call) -> None:
        self.call = call
        self.held = 0
        """Chunks that came while the watch was stalled and have not reached the client."""
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._arrived: asyncio.Queue[bytes | None] = asyncio.Queue()

    def stall(self) -> None:
        self._flowing.clear()

    def flow(self) -> None:
        self._flowing.set()

    def expire(self) -> None:
        self._arrived.put_nowait(expired_event())
        self._arrived.put_nowait(None)

    async def read(self, chunks: AsyncIterator[bytes]) -> None:
        """Takes what the API server sends, in whole lines so that nothing is put into the middle of an event."""
        rest = b""
        with contextlib.suppress(aiohttp.ClientError):  # the API server was stopped: the watch ends
            async for chunk in chunks:
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                if newline:
                    self.held += not self._flowing.is_set()
                    self._arrived.put_nowait(whole + newline)
        self._arrived.put_nowait(None)

    async def lines(self) -> AsyncIterator[bytes]:
        while (arrived := await self._arrived.get()) is not None:
            await self._flowing.wait()
            yield arrived
