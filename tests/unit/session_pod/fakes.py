"""A clock that tests move, and a database side of the session that remembers what it was told."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from recado_core.session_states import SessionState
from recado_session.bells import Bells
from recado_session.database import UnavailableError
from recado_session.gateway import Inbound
from recado_session.session_api import Answer, Claimed, Report, SessionApi, Unresolved

COMPANY = 7


class ManualClock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        return self.seconds


class RecordingApi(SessionApi):
    """`away` makes that many of the next calls fail, as PostgreSQL does when it restarts."""

    def __init__(self) -> None:
        self.epoch = 1
        self.away = 0
        self.stored: list[Inbound] = []
        self.outbox: list[Claimed] = []
        self.reports: list[Report] = []
        self.leftovers: list[Unresolved] = []
        self.beats: list[tuple[SessionState, str]] = []
        self.codes: list[tuple[str, datetime, int]] = []
        self.typed_codes: list[tuple[str, datetime, int]] = []
        self.phone = ""
        self.links: list[tuple[str, str | None, str]] = []
        self.ends: list[tuple[SessionState, str, int]] = []
        self.answer = Answer()
        self.told: dict[str, Any] = {}

    def queue(self, text: str, *, chat: str = "5511988887777@s.whatsapp.net", kind: str = "text") -> Claimed:
        row = Claimed(uuid4(), chat, chat, {"kind": kind, "text": text}, 1, uuid4().bytes + uuid4().bytes)
        self.outbox.append(row)
        return row

    def outcome(self, row_id: UUID) -> list[str]:
        return [report.outcome for report in self.reports if report.outbox_id == row_id]

    async def ingest(self, batch: Sequence[Inbound]) -> int:
        await self._answer()
        known = {event.key: event for event in (*reversed(batch), *self.stored)}
        before, self.stored = len(self.stored), sorted(known.values(), key=lambda event: event.journal_seq)
        return len(self.stored) - before

    async def claim(self, limit: int) -> list[Claimed]:
        await self._answer()
        claimed, self.outbox = self.outbox[:limit], self.outbox[limit:]
        return claimed

    async def unresolved(self) -> list[Unresolved]:
        await self._answer()
        return self.leftovers

    async def report(self, report: Report) -> None:
        await self._answer()
        self.reports.append(report)

    async def heartbeat(self, state: SessionState, reason: str, metrics: dict[str, Any]) -> Answer:
        await self._answer()
        self.beats.append((state, reason))
        self.told = metrics
        return self.answer

    async def publish_qr(self, text: str, expires_at: datetime, round_number: int) -> None:
        await self._answer()
        self.codes.append((text, expires_at, round_number))

    async def pairing_phone(self) -> str:
        await self._answer()
        return self.phone

    async def publish_code(self, text: str, expires_at: datetime, round_number: int) -> None:
        await self._answer()
        self.typed_codes.append((text, expires_at, round_number))

    async def linked(self, jid: str, lid: str | None, platform: str) -> None:
        await self._answer()
        self.links.append((jid, lid, platform))

    async def ended(self, state: SessionState, reason: str, exit_code: int) -> None:
        await self._answer()
        self.ends.append((state, reason, exit_code))

    async def _answer(self) -> None:
        await asyncio.sleep(0)
        if self.away:
            self.away -= 1
            raise UnavailableError("PostgreSQL is away.")


async def until(look: Callable[[], object], seconds: float = 5.0) -> None:
    """Returns when `look` is true; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not look():  # noqa: ASYNC110 - tests look from outside, nobody tells them
            await asyncio.sleep(0.001)


def silent_bells() -> Bells:
    """Rings where nobody listens."""
    return Bells("unix:///nowhere/redis.sock", COMPANY, uuid4())
