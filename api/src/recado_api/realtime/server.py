"""The Socket.IO server: websocket only, so that any number of processes need no sticky sessions."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import socketio
from litestar.types import ASGIApp

from recado_api.auth.tokens import AccessTokens
from recado_api.realtime import wire
from recado_api.realtime.directory import Directory
from recado_api.realtime.manager import FollowingManager
from recado_api.realtime.namespace import CountRequest, Workspace
from recado_api.realtime.participants import Participants
from recado_api.realtime.watch import Watch
from recado_api.settings import ApiSettings
from recado_core.clock import Clock

MAXIMUM_FRAME = 64 * 1024
"""Bytes that a client may send at once; it only ever sends tokens."""

CLIENT_EVENTS = frozenset({"renew"})


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]  # the library has no annotations
    """In python-socketio clients may call `connect` and `disconnect` as if they were ordinary events; here not."""

    async def _handle_event(self, eio_sid: str, namespace: str, id: int | None, data: list[Any]) -> None:  # noqa: A002 - the library's name
        if data and isinstance(data[0], str) and data[0] in CLIENT_EVENTS:
            await super()._handle_event(eio_sid, namespace, id, data)


class Realtime:
    """Everything behind /socket.io/. `tasks` must run as long as the process."""

    def __init__(
        self, settings: ApiSettings, tokens: AccessTokens, directory: Directory, clock: Clock, count: CountRequest
    ) -> None:
        self.participants = Participants()
        self.server = SocketServer(
            async_mode="asgi",
            client_manager=FollowingManager(settings.redis),
            namespaces="*",
            transports=["websocket"],
            json=wire,
            max_http_buffer_size=MAXIMUM_FRAME,
            cors_allowed_origins=_origin_check(settings.web.frontend_url),
        )
        workspace = Workspace(tokens, directory, self.participants, count)
        self.server.register_namespace(workspace)
        self.watch = Watch(workspace, self.participants, directory, clock, settings.redis)

    def wrap(self, http: ASGIApp) -> ASGIApp:
        """One ASGI app: sockets here, everything else (the lifespan too) in `http`."""
        app: ASGIApp = socketio.ASGIApp(self.server, other_asgi_app=http, socketio_path="socket.io")
        return app

    async def stop(self) -> None:
        """Ends what python-socketio started in the background; without it those tasks would outlive the app."""
        await self.server.shutdown()
        listening = getattr(self.server.manager, "thread", None)
        if listening is not None:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def _origin_check(frontend_url: str) -> Any:
    """Browsers may come from the inbox or from the very host they call; programs send no Origin at all."""
    frontend = urlsplit(frontend_url)

    def allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        if origin is None:
            return True
        asked = urlsplit(origin)
        return (asked.scheme, asked.netloc) == (frontend.scheme, frontend.netloc) or (
            asked.netloc == environ.get("HTTP_HOST")
        )

    return allowed
