"""`/livez`, `/readyz` and `/metrics` on one port, in the event loop that they judge: a frozen loop does not answer."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from recado_core.errors import ConfigurationError

Complaints = Callable[[], Sequence[str]]
"""What is wrong; nothing when all is well."""


class HealthServer:
    def __init__(
        self, alive: Complaints, ready: Complaints, measure: Callable[[], None], registry: CollectorRegistry = REGISTRY
    ) -> None:
        self._alive = alive
        self._ready = ready
        self._measure = measure
        self._registry = registry

    @asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Answers while the block runs; yields the port. Raises ConfigurationError when it is taken."""
        runner = web.AppRunner(self._application(), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            await runner.cleanup()
            raise ConfigurationError(
                f"Health and metrics cannot listen on {host}:{port}: {error.strerror}. Set RECADO_METRICS_PORT"
            ) from error
        try:
            yield int(runner.addresses[0][1])
        finally:
            await runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application()
        application.add_routes(
            [
                web.get("/livez", _page(self._alive)),
                web.get("/readyz", _page(self._ready)),
                web.get("/metrics", self._metrics),
            ]
        )
        return application

    async def _metrics(self, _: web.Request) -> web.Response:
        self._measure()
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _page(complaints: Complaints) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        told = complaints()
        status = HTTPStatus.SERVICE_UNAVAILABLE if told else HTTPStatus.OK
        return web.Response(status=status, text="".join(f"{line}\n" for line in told) or "ok\n")

    return answer
