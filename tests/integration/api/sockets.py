"""A real granian server in the test's own loop, and a browser's socket to it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import socketio
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from litestar.types import ASGIApp

WAIT_SECONDS = 15
"""Longer than what realtime does every five and every ten seconds can take."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def until_open(port: int) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.01)
            else:
                writer.close()
                return


async def until_answered() -> None:
    """Granian stops without waiting for connections that are just being closed, and their tasks then never end."""
    async with asyncio.timeout(WAIT_SECONDS):
        while any(  # noqa: ASYNC110 - nobody tells
            "future_watcher" in repr(task.get_coro()) for task in asyncio.all_tasks()
        ):
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(app: ASGIApp) -> AsyncIterator[str]:
    """The URL of `app`, served as in production but for the process around it."""
    port = free_port()
    server = Server(app, port=port, interface=Interfaces.ASGI, http=HTTPModes.http1, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    try:
        await until_open(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        await until_answered()
        server.stop()  # type: ignore[no-untyped-call]  # the library has no annotations there
        await asyncio.wait_for(serving, WAIT_SECONDS)


class Follower:
    """One websocket in one namespace, remembering what it was told."""

    def __init__(self, company_id: int) -> None:
        self.namespace = f"/workspace-{company_id}"
        self.frames: list[Any] = []
        self.heads: dict[str, int] = {}
        self.gone = asyncio.Event()
        self._news = asyncio.Condition()
        self.client = socketio.AsyncClient(reconnection=False)
        self.client.on("frame", self._on_frame, namespace=self.namespace)
        self.client.on("heads", self._on_heads, namespace=self.namespace)
        self.client.on("logout", self._on_logout, namespace=self.namespace)
        self.client.on("disconnect", self._on_disconnect, namespace=self.namespace)
        self.logged_out = False

    async def connect(self, url: str, auth: dict[str, Any] | None) -> None:
        """Raises socketio.exceptions.ConnectionError when the server refuses."""
        await self.client.connect(
            url,
            auth=auth,
            namespaces=[self.namespace],
            transports=["websocket"],
            wait_timeout=WAIT_SECONDS,
        )

    async def renew(self, token: str) -> Any:
        return await self.client.call("renew", {"token": token}, namespace=self.namespace, timeout=WAIT_SECONDS)

    async def until(self, told: Callable[[], bool], seconds: int = WAIT_SECONDS) -> None:
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(told)

    async def until_frames(self, count: int) -> list[Any]:
        await self.until(lambda: len(self.frames) >= count)
        return list(self.frames)

    async def until_head(self, stream: str, head: int, seconds: int = WAIT_SECONDS) -> None:
        await self.until(lambda: self.heads.get(stream) == head, seconds)

    async def until_gone(self) -> None:
        await asyncio.wait_for(self.gone.wait(), WAIT_SECONDS)

    async def close(self) -> None:
        await self.client.disconnect()
        await self.client.eio.wait()

    async def _on_frame(self, frame: Any) -> None:
        async with self._news:
            self.frames.append(frame)
            self._news.notify_all()

    async def _on_heads(self, heads: dict[str, int]) -> None:
        async with self._news:
            self.heads.update(heads)
            self._news.notify_all()

    async def _on_logout(self, _data: Any) -> None:
        self.logged_out = True

    async def _on_disconnect(self, _reason: str) -> None:
        self.gone.set()


@asynccontextmanager
async def following(url: str, company_id: int, token: str) -> AsyncIterator[Follower]:
    follower = Follower(company_id)
    await follower.connect(url, {"token": token})
    try:
        yield follower
    finally:
        await follower.close()
