"""One Socket.IO namespace per company. The server computes the rooms; a client never names one.

Every refusal is a word that the browser can act on: `unauthenticated` (get a new token), `unavailable` and
`too_many_requests` (try again later).
"""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from socketio import AsyncNamespace
from socketio.exceptions import ConnectionRefusedError as Refused

from recado_api.auth.errors import TooManyRequestsError, UnauthenticatedError
from recado_api.auth.principal import Principal
from recado_api.auth.tokens import AccessTokens
from recado_api.realtime.directory import Directory
from recado_api.realtime.participants import Participant, Participants, namespace_of, room_of
from recado_core.log import logger

log = logger(__name__)

CountRequest = Callable[[UUID], Awaitable[None]]
"""Raises TooManyRequestsError: connecting and renewing ask the database, so they count like requests."""

_WORKSPACE = re.compile(r"/workspace-[1-9][0-9]{0,18}\Z")


class Workspace(AsyncNamespace):  # type: ignore[misc]  # the library has no annotations
    server: Any
    """Set by the server when it registers this namespace."""

    def __init__(
        self, tokens: AccessTokens, directory: Directory, participants: Participants, count: CountRequest
    ) -> None:
        super().__init__("*")
        self._count = count
        self._tokens = tokens
        self._directory = directory
        self._participants = participants

    async def on_connect(self, namespace: str, sid: str, _environ: dict[str, Any], auth: Any) -> None:
        try:
            await self._admit(namespace, sid, auth)
        except UnauthenticatedError:
            raise Refused("unauthenticated") from None
        except TooManyRequestsError:
            raise Refused("too_many_requests") from None
        except Exception as error:
            log.warning("could not admit a socket", exc_info=error)
            raise Refused("unavailable") from error

    async def on_disconnect(self, _namespace: str, sid: str, _reason: str) -> None:
        self._participants.remove(sid)

    async def on_renew(self, namespace: str, sid: str, data: Any = None) -> dict[str, Any] | None:
        """A newer token of the same user keeps the socket; rights are read anew. Any other token ends it."""
        try:
            await self._renew(namespace, sid, self._participants.get(sid), self._read(namespace, data))
        except UnauthenticatedError:
            await self.expel(namespace, sid)
            return None
        except TooManyRequestsError as error:
            return {"ok": False, "code": error.code}
        except Exception as error:
            log.warning("could not renew a socket", exc_info=error)
            return {"ok": False, "code": "unavailable"}
        return {"ok": True}

    async def expel(self, namespace: str, sid: str) -> None:
        """Tells the browser and closes its socket. Removed here too: one that left while admitted never says so."""
        self._participants.remove(sid)
        await self.server.emit("logout", {}, to=sid, namespace=namespace, ignore_queue=True)
        await self.server.disconnect(sid, namespace=namespace, ignore_queue=True)

    async def _admit(self, namespace: str, sid: str, auth: Any) -> None:
        await self._follow(namespace, sid, self._read(namespace, auth), frozenset())

    async def _renew(self, namespace: str, sid: str, before: Participant | None, principal: Principal) -> None:
        if before is None or principal.user_id != before.principal.user_id:
            raise UnauthenticatedError
        await self._follow(namespace, sid, principal, before.streams)

    async def _follow(self, namespace: str, sid: str, principal: Principal, before: frozenset[str]) -> None:
        await self._count(principal.user_id)
        streams = await self._directory.streams(principal)
        for stream in before - streams:
            await self.leave_room(sid, room_of(stream), namespace=namespace)
        for stream in streams - before:
            await self.enter_room(sid, room_of(stream), namespace=namespace)
        transport = self.server.manager.eio_sid_from_sid(sid, namespace)
        self._participants.put(Participant(sid, transport, namespace, principal, streams))

    def _read(self, namespace: str, data: Any) -> Principal:
        token = data.get("token") if isinstance(data, dict) else None
        if not isinstance(token, str) or not _WORKSPACE.match(namespace):
            raise UnauthenticatedError
        principal = self._tokens.read(token)
        if namespace != namespace_of(principal.company_id):
            raise UnauthenticatedError
        return principal
