from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from recado_domain.outbox.tables import outbox
from recado_domain.unit_of_work import SystemUnitOfWork


async def overdue_connections(work: SystemUnitOfWork, patience: timedelta) -> Sequence[UUID]:
    """Connections with a message that could have been sent for longer than `patience`: their doorbell may be lost."""
    query = (
        select(outbox.c.connection_id)
        .where(outbox.c.state == "queued", outbox.c.available_at < work.now - patience)
        .distinct()
    )
    return list((await work.execute(query)).scalars())
