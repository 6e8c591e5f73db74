"""A company starts with what it cannot work without: a default queue and the stream of its own events."""

from uuid import UUID

import msgspec
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core.ids import new_id
from recado_domain.companies.errors import SlugTakenError
from recado_domain.companies.rules import slug_of
from recado_domain.companies.tables import company
from recado_domain.queues.tables import queue
from recado_domain.streams.events import COMPANY_STREAM
from recado_domain.streams.rules import queue_stream
from recado_domain.streams.tables import stream
from recado_domain.unit_of_work import SystemUnitOfWork


class NewCompany(msgspec.Struct, frozen=True):
    id: int
    queue_id: UUID


async def create_company(
    work: SystemUnitOfWork, name: str, *, slug: str | None = None, queue_name: str = "Atendimento"
) -> NewCompany:
    """Raises SlugTakenError. Users come next, with `users.actions.create_user` in a unit of work of the company."""
    chosen = slug or slug_of(name)
    made = await work.execute(
        upsert(company)
        .values(name=name, slug=chosen, created_at=work.now)
        .on_conflict_do_nothing()
        .returning(company.c.id)
    )
    company_id = made.scalar_one_or_none()
    if company_id is None:
        raise SlugTakenError(f"The short name {chosen} is in use. Choose another one.", slug=chosen)
    queue_id = new_id()
    await work.execute(
        insert(queue).values(company_id=company_id, id=queue_id, name=queue_name, is_default=True, created_at=work.now)
    )
    names = (COMPANY_STREAM, queue_stream(queue_id))
    await work.execute(insert(stream), [{"company_id": company_id, "name": name, "head": 0} for name in names])
    return NewCompany(company_id, queue_id)
