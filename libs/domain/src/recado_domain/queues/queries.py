from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from recado_domain.queues.tables import queue, queue_member
from recado_domain.queues.views import QueueView
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView


async def visible_queues(work: UnitOfWork, user: UserView) -> Sequence[QueueView]:
    """Supervisors and admins see all queues, agents those they are members of. The door to tickets and their events."""
    query = select(queue.c.id, queue.c.name, queue.c.is_default).where(queue.c.company_id == work.company_id)
    if user.role == "agent":
        mine = select(queue_member.c.queue_id).where(
            queue_member.c.company_id == work.company_id, queue_member.c.user_id == user.id
        )
        query = query.where(queue.c.id.in_(mine))
    return [QueueView(**row) for row in (await work.execute(query.order_by(queue.c.name, queue.c.id))).mappings()]


async def default_queue_id(work: UnitOfWork) -> UUID:
    """Where new tickets wait."""
    query = select(queue.c.id).where(queue.c.company_id == work.company_id, queue.c.is_default)
    return UUID(str((await work.execute(query)).scalar_one()))
