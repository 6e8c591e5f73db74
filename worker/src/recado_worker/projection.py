"""Applies the inbox of one connection, batch by batch, until nothing is left.

Decoding happens here, between reading and applying, so that bytes nobody can read never reach the fast path. Whatever
fails otherwise leaves its rows as they are: the next look, at most a second later, finds them again.
"""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from recado_core.engine import decode
from recado_core.engine.errors import DecodeError
from recado_core.log import logger
from recado_domain.inbox.actions import Applied, Decoded, Unreadable, apply_batch, read_batch
from recado_domain.inbox.errors import BatchRefusedError
from recado_domain.inbox.queries import InboxRow
from recado_domain.unit_of_work import Database
from recado_worker import metrics

log = logger(__name__)

ROWS = 200
"""In one transaction: enough that its fixed cost vanishes, few enough that it ends within tens of milliseconds."""

ROUNDS = 25
"""Batches before a busy connection lets others have its place."""


class Projector:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def batch(self, company_id: int, connection_id: UUID) -> int:
        """One transaction; how many rows it took. Fewer than ROWS: nothing is left."""
        try:
            return await self._batch(company_id, connection_id, careful=False)
        except BatchRefusedError:
            metrics.CAREFUL.inc()
            return await self._batch(company_id, connection_id, careful=True)

    async def _batch(self, company_id: int, connection_id: UUID, *, careful: bool) -> int:
        began = time.perf_counter()
        async with self._database.company(company_id) as work:
            rows = await read_batch(work, connection_id, ROWS)
            if not rows:
                return 0
            applied = await apply_batch(work, connection_id, [_decoded(row) for row in rows], careful=careful)
        metrics.BATCH_SECONDS.observe(time.perf_counter() - began)
        metrics.ROUND_TRIPS.observe(work.round_trips)
        _count(rows, applied)
        return len(rows)


def _decoded(row: InboxRow) -> Decoded:
    try:
        return row, decode.event(row.kind, row.raw, row.received_at)
    except DecodeError as error:
        return row, Unreadable(error.detail)


def _count(rows: Sequence[InboxRow], applied: Applied) -> None:
    now = datetime.now(UTC)
    metrics.BATCH_SIZE.observe(len(rows))
    for row in rows:
        metrics.LAG.observe(max(0.0, (now - row.stored_at).total_seconds()))
    for kind, count in Counter(row.kind for row in rows if row.id not in applied.quarantined).items():
        metrics.PROJECTED.labels(_known(kind)).inc(count)
    for row in rows:
        if row.id in applied.quarantined:
            log.warning("inbox row set aside", row=row.id, kind=row.kind[:40], bytes=len(row.raw))
            metrics.QUARANTINED.labels(_known(row.kind)).inc()


def _known(kind: str) -> str:
    return kind if kind in decode.KINDS else metrics.UNKNOWN_KIND
