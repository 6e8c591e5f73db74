from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from recado_domain.inbox.tables import inbox_event
from recado_domain.unit_of_work import SystemUnitOfWork


class InboxRow(msgspec.Struct, frozen=True):
    """What came in, as bytes: nobody has interpreted it yet."""

    id: int
    kind: str
    raw: bytes
    received_at: datetime
    stored_at: datetime


async def pending_connections(work: SystemUnitOfWork) -> Sequence[tuple[int, UUID]]:
    """(company, connection) of everything that waits to be applied: for whoever polls when a doorbell was lost."""
    query = select(inbox_event.c.company_id, inbox_event.c.connection_id).where(inbox_event.c.state == "new").distinct()
    return [(row.company_id, row.connection_id) for row in await work.execute(query)]


async def oldest_waiting_seconds(work: SystemUnitOfWork) -> float:
    """How long the oldest row has waited to be applied; 0 when none waits. What more workers would make shorter."""
    since = (await work.execute(select(func.min(inbox_event.c.stored_at)).where(inbox_event.c.state == "new"))).scalar()
    return max(0.0, (work.now - since).total_seconds()) if since else 0.0
