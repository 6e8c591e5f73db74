"""Who did what, for the company's own eyes. Written in the transaction of the deed itself."""

from uuid import UUID

from sqlalchemy import insert

from recado_core.ids import new_id
from recado_domain.audit.tables import audit_entry
from recado_domain.unit_of_work import UnitOfWork


async def record(work: UnitOfWork, actor_id: UUID | None, action: str, subject: str, **detail: object) -> None:
    """`actor_id` None: the system itself did it. Message texts and phone numbers never go into `detail`."""
    await work.execute(
        insert(audit_entry).values(
            company_id=work.company_id,
            id=new_id(),
            actor_user_id=actor_id,
            action=action,
            subject=subject,
            detail=detail,
        )
    )
