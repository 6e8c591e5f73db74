from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

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
