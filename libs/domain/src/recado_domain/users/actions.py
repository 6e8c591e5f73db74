"""Users, and the count of failed attempts to sign in as one of them."""

from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core.ids import new_id
from recado_core.passwords import hash_password
from recado_domain.queues.tables import queue_member
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.errors import AgentQuotaError, EmailTakenError
from recado_domain.users.queries import free_places
from recado_domain.users.rules import Failures, after_failure
from recado_domain.users.tables import app_user
from recado_domain.users.views import Role, UserView


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """`queue_ids`: the queues that an agent sees; supervisors and admins see all."""

    name: str
    email: str
    password: str
    role: Role
    queue_ids: tuple[UUID, ...] = ()


async def create_user(work: UnitOfWork, wanted: NewUser) -> UserView:
    """Raises EmailTakenError, and AgentQuotaError. Two at the same moment take turns."""
    free, allowed = await free_places(work)
    if free < 1:
        raise AgentQuotaError(f"Your company may have {allowed} people. Switch one off, or ask for a larger quota.")
    user_id = new_id()
    made = await work.execute(
        upsert(app_user)
        .values(
            company_id=work.company_id,
            id=user_id,
            name=wanted.name,
            email=wanted.email,
            role=wanted.role,
            password_hash=await hash_password(wanted.password),
            created_at=work.now,
        )
        .on_conflict_do_nothing()
        .returning(app_user.c.id)
    )
    if made.one_or_none() is None:
        raise EmailTakenError("Somebody signs in with this e-mail already. Use another one.")
    if wanted.queue_ids:
        members = [{"company_id": work.company_id, "queue_id": queue, "user_id": user_id} for queue in wanted.queue_ids]
        await work.execute(upsert(queue_member), members)
    return UserView(user_id, wanted.name, wanted.email, wanted.role)


async def record_sign_in(work: UnitOfWork, user_id: UUID) -> None:
    """The password was right: earlier failures are forgiven."""
    await work.execute(
        update(app_user)
        .where(app_user.c.company_id == work.company_id, app_user.c.id == user_id, app_user.c.failed_sign_ins > 0)
        .values(failed_sign_ins=0, locked_until=None)
    )


async def record_failed_sign_in(work: UnitOfWork, user_id: UUID) -> Failures:
    """The password was wrong. Says whether the user is locked out now."""
    which = (app_user.c.company_id == work.company_id, app_user.c.id == user_id)
    query = select(app_user.c.failed_sign_ins, app_user.c.locked_until).where(*which).with_for_update()
    row = (await work.execute(query)).one()
    after = after_failure(Failures(row.failed_sign_ins, row.locked_until), work.now)
    await work.execute(
        update(app_user).where(*which).values(failed_sign_ins=after.count, locked_until=after.locked_until)
    )
    return after
