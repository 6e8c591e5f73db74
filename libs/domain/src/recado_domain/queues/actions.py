from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core.ids import new_id
from recado_domain.queues.tables import queue, queue_member
from recado_domain.queues.views import QueueView
from recado_domain.unit_of_work import UnitOfWork


async def create_queue(work: UnitOfWork, name: str) -> QueueView:
    """Another queue beside the default one."""
    made = QueueView(new_id(), name, is_default=False)
    await work.execute(
        insert(queue).values(company_id=work.company_id, id=made.id, name=name, is_default=False, created_at=work.now)
    )
    return made


async def add_member(work: UnitOfWork, queue_id: UUID, user_id: UUID) -> None:
    """May be repeated."""
    await work.execute(
        upsert(queue_member)
        .values(company_id=work.company_id, queue_id=queue_id, user_id=user_id)
        .on_conflict_do_nothing()
    )
