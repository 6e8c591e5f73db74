"""Puts the process together: HTTP and sockets in one ASGI app, background tasks in its lifespan."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp
from prometheus_client import CollectorRegistry, Gauge

from recado_api import errors_to_sentry
from recado_api.auth.passwords import PasswordCheck
from recado_api.auth.tokens import AccessTokens
from recado_api.http.access_log import AccessLog
from recado_api.http.client_address import parse_networks
from recado_api.http.errors import HANDLERS
from recado_api.http.limits import RateLimits
from recado_api.http.routes import api_router, health_router
from recado_api.http.security_headers import with_security_headers
from recado_api.publisher import Publisher
from recado_api.realtime.database_directory import DatabaseDirectory
from recado_api.realtime.server import Realtime
from recado_api.redis_clients import create_client
from recado_api.services import Services
from recado_api.settings import ApiSettings
from recado_core import metrics
from recado_core.clock import Clock, SystemClock
from recado_core.log import logger
from recado_core.resources.port import Resources
from recado_core.tasks import run_guarded
from recado_domain.engine import create_engine
from recado_domain.unit_of_work import Database

log = logger(__name__)

MAXIMUM_BODY = 1024 * 1024
DRAIN_SECONDS = 2.0
SOCKETS = "recado_sockets"


class Parts(msgspec.Struct, frozen=True):
    """The app and what it is made of, for those who compose or test it."""

    app: ASGIApp
    http: Litestar
    services: Services
    realtime: Realtime | None
    """None in a process that serves HTTP only."""


def create_app(settings: ApiSettings, resources: Resources) -> ASGIApp:
    """HTTP under /api, sockets under /socket.io/, as RECADO_API_ROLE says. Raises ConfigurationError for settings that
    do not allow it.
    """
    errors_to_sentry.configure(settings.observability, "api")
    return build(settings, resources).app


def build(settings: ApiSettings, resources: Resources, clock: Clock | None = None) -> Parts:
    settings.check()
    registry = CollectorRegistry()
    services = _services(settings, resources, clock or SystemClock())
    role = settings.web.role
    realtime = None if role == "http" else _realtime(services, registry)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with _background(services, realtime):
            with metrics.listening(settings.observability, registry):
                yield
        await services.database.engine.dispose()
        await services.redis.aclose()

    http = Litestar(
        [health_router() if role == "realtime" else api_router()],
        exception_handlers=HANDLERS,
        lifespan=[lifespan],
        logging_config=None,
        openapi_config=None,
        request_max_body_size=MAXIMUM_BODY,
        state=State({"services": services}),
    )
    app = AccessLog(registry).wrap(with_security_headers(realtime.wrap(http) if realtime else http))
    return Parts(app, http, services, realtime)


def _realtime(services: Services, registry: CollectorRegistry) -> Realtime:
    directory = DatabaseDirectory(services.database)
    realtime = Realtime(services.settings, services.tokens, directory, services.clock, services.limits.count_request)
    Gauge(SOCKETS, "Admitted sockets", registry=registry).set_function(lambda: len(realtime.participants))
    return realtime


def _services(settings: ApiSettings, resources: Resources, clock: Clock) -> Services:
    redis = create_client(settings.redis)
    publisher = Publisher(redis)
    engine = create_engine(settings.database, application="recado-api")
    return Services(
        settings=settings,
        clock=clock,
        redis=redis,
        database=Database(engine, broadcaster=publisher, doorbell=publisher, clock=clock),
        publisher=publisher,
        tokens=AccessTokens(settings.web.jwt_secret, clock),
        passwords=PasswordCheck(),
        limits=RateLimits(
            redis,
            clock,
            requests_per_minute=settings.web.requests_per_minute,
            sign_ins_per_address=settings.web.sign_ins_per_minute,
        ),
        resources=resources,
        trusted_proxies=parse_networks(settings.web.trusted_proxies),
    )


@asynccontextmanager
async def _background(services: Services, realtime: Realtime | None) -> AsyncIterator[None]:
    """Runs what must not end; if it does, the process stops and its supervisor starts a sound one."""
    watching = realtime.watch.tasks() if realtime else {}
    running = asyncio.create_task(run_guarded({"publisher": services.publisher.run(), **watching}))
    running.add_done_callback(_stop_process)
    try:
        yield
    finally:
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await services.publisher.drain()
        except TimeoutError:
            log.warning("some frames were not published; browsers will ask for them")
        if realtime:
            await realtime.stop()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _stop_process(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        log.critical("a background task ended", exc_info=task.exception())
        signal.raise_signal(signal.SIGTERM)
