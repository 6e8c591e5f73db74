"""A proxy in front of the API server that breaks what it is told to break, and writes down who asked for what.

It speaks the API server's certificate, so a kubeconfig differs in its address only. It runs in a thread with an event
loop of its own: tests may be synchronous, and a blocked test does not block it. Upgraded connections (exec,
port-forward) do not pass; they have no business with an operator.
"""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from tests.cluster.fault_proxy.calls import Call, Permission, caller_of, describe
from tests.cluster.fault_proxy.faults import Drop, Fault, Match, Refuse, Rule, Slow
from tests.cluster.fault_proxy.watches import OpenWatch
from yarl import URL

Result = TypeVar("Result")

HOST = "127.0.0.1"
CLOSE_SECONDS = 0.1
"""For requests under way; 0 would wait for open watches without end."""
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length"}
WATCHES_EVERYTHING = Match()


class FaultProxy:
    """Use as a context manager. `users` maps tokens to names for the record; nobody gets through while not `serves`."""

    def __init__(
        self,
        upstream: str,
        certificates: Path,
        users: Mapping[str, str] | None = None,
        serves: Callable[[], bool] = lambda: True,
    ) -> None:
        self.calls: list[Call] = []
        self.url = ""
        self._upstream = upstream
        self._certificates = certificates
        self._users = users or {}
        self._serves = serves
        self._rules: list[Rule] = []
        self._watches: set[OpenWatch] = set()
        self._stalled: list[Match] = []
        self._stack = contextlib.AsyncExitStack()

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()
        self._run(self._open())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # What a test does with it.

    @contextlib.contextmanager
    def fault(self, fault: Fault, match: Match, *, times: int | None = None, share: float = 1.0) -> Iterator[Rule]:
        """In force inside the `with`; the rule counts its hits."""
        rule = Rule(fault, match, times, share)
        self._do(lambda: self._rules.append(rule))
        try:
            yield rule
        finally:
            self._do(lambda: self._rules.remove(rule))

    @contextlib.contextmanager
    def stalled_watches(
        self, match: Match = WATCHES_EVERYTHING, *, new_ones: bool = False
    ) -> Iterator[list[OpenWatch]]:
        """Open watches stay open and say nothing; those that are opened meanwhile too with `new_ones`.

        Afterwards what was held back arrives, as after a network that was away.
        """
        stalled = self._each(match, OpenWatch.stall)
        if new_ones:
            self._do(lambda: self._stalled.append(match))
        try:
            yield stalled
        finally:
            if new_ones:
                self._do(lambda: self._stalled.remove(match))
            self._each(match, OpenWatch.flow)

    def expire_watches(self, match: Match = WATCHES_EVERYTHING) -> int:
        """Tells open watches that their resourceVersion is too old, and ends them. Answers how many."""
        return len(self._each(match, OpenWatch.expire))

    def open_watches(self, match: Match = WATCHES_EVERYTHING) -> int:
        return self._do(lambda: sum(match.fits(watch.call) for watch in self._watches))

    def permissions(self, caller: str) -> set[Permission]:
        """What `caller` asked for and was allowed, as rules of a Role would say it."""
        allowed = (
            call for call in list(self.calls) if call.caller == caller and call.status != web.HTTPForbidden.status_code
        )
        return {call.permission for call in allowed if call.resource}

    def refused(self, caller: str) -> set[Permission]:
        """What `caller` asked for and was not allowed (403)."""
        forbidden = web.HTTPForbidden.status_code
        return {call.permission for call in list(self.calls) if call.caller == caller and call.status == forbidden}

    # The way through.

    async def _open(self) -> None:
        trust = ssl.create_default_context(cafile=self._certificates / "ca.crt")
        serve = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        serve.load_cert_chain(self._certificates / "api-server.crt", self._certificates / "api-server.key")
        connector = aiohttp.TCPConnector(ssl=trust, limit=0)
        timeout = aiohttp.ClientTimeout(total=None)
        self._session = await self._stack.enter_async_context(
            aiohttp.ClientSession(self._upstream, connector=connector, timeout=timeout, auto_decompress=False)
        )
        self._server = web.Server(self._handle, access_log=None, handler_cancellation=True)
        runner = web.ServerRunner(self._server, shutdown_timeout=CLOSE_SECONDS)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, HOST, 0, ssl_context=serve)
        await site.start()
        port = runner.addresses[0][1]
        self.url = f"https://{HOST}:{port}"

    async def _close(self) -> None:
        """Breaks what is open, and stays until the loop has seen it closed."""
        for connection in self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await self._stack.aclose()
        await asyncio.sleep(CLOSE_SECONDS)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        call = describe(request.method, request.raw_path, caller_of(request.headers, self._users))
        if not self._serves():
            return _break(request)
        rule = next((rule for rule in self._rules if rule.takes(call)), None)
        return await self._answer(request, call, rule.fault if rule else None)

    async def _answer(self, request: web.BaseRequest, call: Call, fault: Fault | None) -> web.StreamResponse:
        match fault:
            case Refuse():
                self._record(call, fault.status)
                return _refusal(fault)
            case Drop(performed=False):
                self._record(call, 0)
                return _break(request)
            case Drop(performed=True):
                await self._forward(request, call, answer=False)
                return _break(request)
            case Slow():
                await asyncio.sleep(fault.seconds)
        return await self._forward(request, call)

    async def _forward(self, request: web.BaseRequest, call: Call, *, answer: bool = True) -> web.StreamResponse:
        """The API server's answer, passed on piece by piece; its silence is a broken connection."""
        headers = _without_hops(request.headers)
        body = await request.read()
        try:
            async with self._session.request(
                request.method, URL(request.raw_path, encoded=True), headers=headers, data=body or None
            ) as upstream:
                self._record(call, upstream.status)
                if not answer:
                    await upstream.read()
                    return web.Response()
                response = web.StreamResponse(status=upstream.status, headers=_without_hops(upstream.headers))
                await response.prepare(request)
                async for piece in self._pieces(call, upstream):
                    await response.write(piece)
                return response
        except (aiohttp.ClientError, ConnectionError):
            return _break(request)

    async def _pieces(self, call: Call, upstream: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        chunks = upstream.content.iter_any()
        if not call.watch or upstream.content_type != "application/json":
            async for chunk in chunks:
                yield chunk
            return
        watch = OpenWatch(call)
        if any(match.fits(call) for match in self._stalled):
            watch.stall()
        self._watches.add(watch)
        reading = asyncio.create_task(watch.read(chunks))
        try:
            async for line in watch.lines():
                yield line
        finally:
            self._watches.discard(watch)
            reading.cancel()

    def _record(self, call: Call, status: int) -> None:
        self.calls.append(call._replace(status=status))

    # From the test's thread into the proxy's.

    def _each(self, match: Match, change: Callable[[OpenWatch], None]) -> list[OpenWatch]:
        """Changes the open watches that fit, and answers them."""

        def inside() -> list[OpenWatch]:
            hit = [watch for watch in self._watches if match.fits(watch.call)]
            for watch in hit:
                change(watch)
            return hit

        return self._do(inside)

    def _run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _do(self, change: Callable[[], Result]) -> Result:
        async def inside() -> Result:
            return change()

        return self._run(inside())


def _refusal(fault: Refuse) -> web.Response:
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    return web.Response(status=fault.status, body=fault.body(), content_type="application/json", headers=headers)


def _break(request: web.BaseRequest) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _without_hops(headers: Mapping[str, str]) -> CIMultiDict[str]:
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in HOP_BY_HOP)
