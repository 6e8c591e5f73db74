"""Plays the sessions of pods that run on fake nodes: they link a phone, are online, and send heartbeats.

As a session does: with its own epoch, for as long as its node can be heard, and never for an epoch that is over.
"""

from uuid import UUID

import asyncpg
from tests.cluster.client import Object
from tests.cluster.operator.background import Background
from tests.cluster.operator.office import Office, condition
from tests.integration.database import run_blocking

from recado_domain.provision import connect

BEAT_SECONDS = 1.0
BEAT = """
    update session_lease set heartbeat_at = clock_timestamp(), state = 'online', reason = ''
    where connection_id = $1 and epoch = $2
"""
LINK = "update connection set jid = coalesce(jid, '5511@s.whatsapp.net') where id = $1"


class Players(Background):
    """Use as a context manager."""

    def __init__(self, office: Office) -> None:
        super().__init__("players")
        self._office = office
        self.silent: set[str] = set()
        """Nodes that are cut off: what runs on them reaches nobody."""

    def _work(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            known = {found["metadata"]["name"]: found["metadata"]["uid"] for found in self._office.connections()}
            playing = [self._session(pod, known) for pod in self._office.client.items(self._office.core("pods"))]
            run_blocking(self._beat([session for session in playing if session is not None]))

    def _session(self, pod: Object, known: dict[str, str]) -> tuple[UUID, int] | None:
        """The connection and the epoch of a pod that runs and can be heard, whoever owns it."""
        metadata = pod["metadata"]
        labels = metadata.get("labels", {})
        ready = condition(pod, "Ready").get("status") == "True"
        if "deletionTimestamp" in metadata or not ready or pod["spec"]["nodeName"] in self.silent:
            return None
        uid, epoch = known.get(labels.get("recado.dev/connection", "")), labels.get("recado.dev/epoch")
        return (UUID(uid), int(epoch)) if uid and epoch else None

    async def _beat(self, sessions: list[tuple[UUID, int]]) -> None:
        connection: asyncpg.Connection = await connect(self._office.database.admin)
        try:
            await connection.executemany(BEAT, sessions)
            await connection.executemany(LINK, [(session[0],) for session in sessions])
        finally:
            await connection.close()
