"""Runs an ASGI app under granian. One worker per process: replicas scale it, and metrics and memory stay simple.

Backpressure in granian counts connections, not requests, so it is set well above what a proxy keeps alive.
"""

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from recado_api.settings import WebSettings

BACKPRESSURE = 2048
MAXIMUM_HEADERS = 32 * 1024
HEADER_TIMEOUT_MILLISECONDS = 10_000
KILL_TIMEOUT_SECONDS = 30


def serve(factory: str, settings: WebSettings) -> None:
    """Blocks until SIGTERM or SIGINT. `factory` is `module:function`; the worker process calls it for the app."""
    Server(
        factory,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=MAXIMUM_HEADERS, header_read_timeout=HEADER_TIMEOUT_MILLISECONDS),
        websockets=True,
        workers=1,
        backlog=BACKPRESSURE,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_TIMEOUT_SECONDS,
        log_level=LogLevels.warning,
    ).serve()
