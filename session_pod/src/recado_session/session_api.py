"""The session's only way into the database: functions that know the connection by its role and check the epoch."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from recado_core.session_states import SessionState
from recado_session.database import Database
from recado_session.gateway import Inbound

Outcome = Literal["sent", "not_sent", "rejected", "no_recipient", "uncertain", "unknown"]


class Hello(msgspec.Struct, frozen=True):
    company_id: int
    connection_id: UUID
    name: str
    jid: str | None
    paused: bool
    logout_requested: bool


class Claimed(msgspec.Struct, frozen=True):
    outbox_id: UUID
    chat: str
    to_jid: str
    body: dict[str, Any]
    attempt: int
    attempt_key: bytes


class Unresolved(msgspec.Struct, frozen=True):
    outbox_id: UUID
    chat: str
    attempt_key: bytes
    wa_id: str | None
    state: str


class Report(msgspec.Struct, frozen=True):
    """What became of one outbox row."""

    outbox_id: UUID
    outcome: Outcome
    at: datetime
    wa_id: str | None = None
    reason: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """What the heartbeat brings back from people."""

    paused: bool = False
    pairing_requested: bool = False
    logout_requested: bool = False


class SessionApi:
    """Every call raises FencedError or UnavailableError, as `Database.fetch`."""

    def __init__(self, database: Database, epoch: int) -> None:
        self._database = database
        self.epoch = epoch

    async def hello(self) -> Hello:
        (row,) = await self._call("select * from session_api.hello($1)")
        return msgspec.convert(dict(row), Hello, from_attributes=True)

    async def ingest(self, batch: Sequence[Inbound]) -> int:
        (row,) = await self._call(
            "select session_api.ingest($1, $2::text[], $3::text[], $4::bytea[], $5::timestamptz[]) as stored",
            [event.key for event in batch],
            [event.kind for event in batch],
            [event.raw for event in batch],
            [event.received_at for event in batch],
        )
        return int(row["stored"])

    async def claim(self, limit: int) -> list[Claimed]:
        rows = await self._call("select * from session_api.claim_outbound($1, $2)", limit)
        return [
            Claimed(
                outbox_id=row["outbox_id"],
                chat=row["chat"],
                to_jid=row["to_jid"],
                body=msgspec.json.decode(row["body"], type=dict[str, Any]),
                attempt=row["attempt"],
                attempt_key=bytes(row["attempt_key"]),
            )
            for row in rows
        ]

    async def unresolved(self) -> list[Unresolved]:
        rows = await self._call("select * from session_api.unresolved_outbound($1)")
        return [
            Unresolved(row["outbox_id"], row["chat"], bytes(row["attempt_key"]), row["wa_id"], row["state"])
            for row in rows
        ]

    async def report(self, report: Report) -> None:
        await self._call(
            "select session_api.report_outbound($1, $2::uuid, $3, $4, $5, $6::timestamptz)",
            report.outbox_id,
            report.outcome,
            report.wa_id,
            report.reason,
            report.at,
        )

    async def heartbeat(self, state: SessionState, reason: str, metrics: dict[str, Any]) -> Answer:
        (row,) = await self._call(
            "select * from session_api.heartbeat($1, $2, $3, $4::jsonb)",
            state,
            reason,
            msgspec.json.encode(metrics).decode(),
        )
        return msgspec.convert(dict(row), Answer)

    async def publish_qr(self, text: str, expires_at: datetime, round_number: int) -> None:
        await self._call("select session_api.publish_qr($1, $2, $3::timestamptz, $4)", text, expires_at, round_number)

    async def pairing_phone(self) -> str:
        """The number whose phone a code shall link (E.164); empty where a QR code shall."""
        (row,) = await self._call("select session_api.pairing_phone($1) as phone")
        return row["phone"] or ""

    async def publish_code(self, text: str, expires_at: datetime, round_number: int) -> None:
        await self._call("select session_api.publish_code($1, $2, $3::timestamptz, $4)", text, expires_at, round_number)

    async def linked(self, jid: str, lid: str | None, platform: str) -> None:
        await self._call("select session_api.linked($1, $2, $3, $4)", jid, lid, platform)

    async def ended(self, state: SessionState, reason: str, exit_code: int) -> None:
        await self._call("select session_api.ended($1, $2, $3, $4)", state, reason, exit_code)

    async def _call(self, query: str, *arguments: Any) -> Sequence[Any]:
        return await self._database.fetch(query, self.epoch, *arguments)
