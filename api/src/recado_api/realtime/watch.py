"""What happens to sockets by time: tokens expire, users are revoked, heads move on, transports idle.

Everything here works from the database and this process alone, so a Redis outage delays a frame by one beacon at most.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from recado_api.realtime.directory import Directory
from recado_api.realtime.namespace import Workspace
from recado_api.realtime.participants import Participant, Participants, namespace_of, room_of
from recado_api.redis_clients import follow
from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.settings import RedisSettings

log = logger(__name__)

EXPIRY_INTERVAL = timedelta(seconds=1)
BEACON_INTERVAL = timedelta(seconds=5)
REVOCATION_INTERVAL = timedelta(seconds=5)
IDLE_INTERVAL = timedelta(seconds=10)
REVOKED_CHANNEL = "recado:revoked"
"""The payload is a user's or a session's id; losing it costs one REVOCATION_INTERVAL."""


class Watch:
    def __init__(
        self,
        workspace: Workspace,
        participants: Participants,
        directory: Directory,
        clock: Clock,
        redis: RedisSettings,
    ) -> None:
        self._workspace = workspace
        self._participants = participants
        self._directory = directory
        self._clock = clock
        self._redis = redis
        self._told: dict[int, Mapping[str, int]] = {}
        self._idle: set[str] = set()

    def tasks(self) -> dict[str, Any]:
        """Each must run as long as the process."""
        return {
            "expiry": _every(EXPIRY_INTERVAL, self.expire),
            "beacon": _every(BEACON_INTERVAL, self.tell_heads),
            "revocation": _every(REVOCATION_INTERVAL, self.expel_revoked),
            "idle transports": _every(IDLE_INTERVAL, self.close_idle),
            "revoked bell": self._hear_revocations(),
        }

    async def expire(self) -> None:
        now = self._clock.now().timestamp()
        for participant in self._participants:
            if participant.principal.expires_at <= now:
                await self._expel(participant)

    async def tell_heads(self) -> None:
        """Tells each room the head of its stream if it moved since the last round."""
        heads = await self._directory.heads(self._participants.companies())
        for company, streams in heads.items():
            told = self._told.get(company, {})
            for stream, head in streams.items():
                if told.get(stream) != head:
                    await self._tell(company, stream, head)
        self._told = dict(heads)

    async def expel_revoked(self, who: UUID | None = None) -> None:
        """All who were revoked, or only those of one user or session."""
        asked = [one for one in self._participants if who in {None, one.principal.user_id, one.principal.session_id}]
        if not asked:
            return
        revoked = set(await self._directory.revoked({one.principal for one in asked}))
        for participant in asked:
            if participant.principal in revoked:
                await self._expel(participant)

    async def close_idle(self) -> None:
        """Closes transports that carried nobody at two rounds: never admitted, refused or expelled."""
        server = self._workspace.server
        idle = set(server.environ) - self._participants.transports()
        for transport in idle & self._idle:
            await server.eio.disconnect(transport)
        self._idle = idle

    async def _hear_revocations(self) -> None:
        async for payload in follow(self._redis, REVOKED_CHANNEL):
            try:
                await self.expel_revoked(msgspec.json.decode(payload, type=UUID))
            except Exception as error:
                log.warning("could not follow a revocation", exc_info=error)

    async def _tell(self, company: int, stream: str, head: int) -> None:
        await self._workspace.emit(
            "heads", {stream: head}, room=room_of(stream), namespace=namespace_of(company), ignore_queue=True
        )

    async def _expel(self, participant: Participant) -> None:
        await self._workspace.expel(participant.namespace, participant.sid)


async def _every(interval: timedelta, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(interval.total_seconds())
        try:
            await work()
        except Exception as error:  # the next round may succeed: the database comes back
            log.warning("a round of the watch failed", work=work.__name__, exc_info=error)
