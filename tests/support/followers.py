"""Browsers without a screen: Socket.IO clients that keep a cursor per stream and repair gaps as the front end does."""

import asyncio
import threading
import time
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

import httpx
import socketio
from tests.support.api import RecadoClient

Cursor = dict[str, int]


def encode_cursor(cursor: Cursor) -> str:
    return ",".join(f"{stream}={seq}" for stream, seq in sorted(cursor.items()))


class Follower:
    """One client. `messages` maps message ids to their newest view; `gaps` counts repairs over HTTP."""

    def __init__(self, url: str, token: str, company: int, cursor: Cursor, *, repairing: bool) -> None:
        self._namespace = f"/workspace-{company}"
        self._url, self._token = url, token
        self.cursor = dict(cursor)
        self.messages: dict[str, dict[str, Any]] = {}
        self.gaps = 0
        self.duplicated = 0
        self.heard: dict[str, float] = {}
        """When each text was first heard, in milliseconds of the wall clock."""
        self._repairing = repairing
        self._one_repair = asyncio.Lock()
        self._client = socketio.AsyncClient(reconnection_delay=1, reconnection_delay_max=1)
        self._client.on("frame", self._on_frame, namespace=self._namespace)
        self._client.on("heads", self._on_heads, namespace=self._namespace)
        self._client.on("connect", self._repair, namespace=self._namespace)

    async def start(self) -> None:
        await self._client.connect(
            self._url, transports=["websocket"], namespaces=[self._namespace], auth={"token": self._token}
        )

    async def stop(self) -> None:
        await self._client.disconnect()

    async def _on_frame(self, frame: dict[str, Any]) -> None:
        known = self.cursor.get(frame["stream"], 0)
        if frame["prev"] == known:
            self._apply(frame)
        elif frame["seq"] > known:
            await self._repair()

    async def _on_heads(self, heads: Cursor) -> None:
        if any(seq > self.cursor.get(stream, 0) for stream, seq in heads.items()):
            await self._repair()

    async def _repair(self) -> None:
        if not self._repairing:
            return
        async with self._one_repair, httpx.AsyncClient(base_url=self._url, timeout=10) as http:
            self.gaps += 1
            answer = await http.get(
                "/api/events",
                params={"cursor": encode_cursor(self.cursor)},
                headers={"Authorization": f"Bearer {self._token}"},
            )
            if not answer.is_success:
                return  # the next beacon tries again
            for frame in answer.json()["frames"]:
                if frame["prev"] == self.cursor.get(frame["stream"], 0):
                    self._apply(frame)

    def _apply(self, frame: dict[str, Any]) -> None:
        self.cursor[frame["stream"]] = frame["seq"]
        for event in frame["events"]:
            if event["type"] in {"message.created", "message.changed"}:
                message = event["message"]
                self.duplicated += event["type"] == "message.created" and message["id"] in self.messages
                self.messages[message["id"]] = message
                self.heard.setdefault(message["text"], time.time() * 1000)


class Followers:
    """Many followers on an event loop in a thread of their own, so that a blocking test can run beside them."""

    def __init__(self, api: RecadoClient, url: str, count: int, *, repairing: bool = True) -> None:
        bootstrap = api.call("GET", "/bootstrap")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="followers", daemon=True)
        company, cursor = bootstrap["company"]["id"], bootstrap["cursor"]
        made = [Follower(url, api.token, company, cursor, repairing=repairing) for _ in range(count)]
        self.all = [self._run(self._started(follower)) for follower in made]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for follower in self.all:
            self._run(follower.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def complete(self, heads: Cursor) -> bool:
        """Whether each follower has reached `heads` on all its streams."""
        return all(all(one.cursor.get(stream, 0) >= seq for stream, seq in heads.items()) for one in self.all)

    @staticmethod
    async def _started(follower: Follower) -> Follower:
        await follower.start()
        return follower

    def _run(self, work: Any) -> Any:
        if not self._thread.is_alive():
            self._thread.start()
        future: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(60)
