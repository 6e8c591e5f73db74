from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select

from recado_domain.companies.tables import company
from recado_domain.errors import NotFoundError
from recado_domain.unit_of_work import SystemUnitOfWork, UnitOfWork
from recado_domain.users.tables import app_user
from recado_domain.users.views import Role, UserView

_VIEW = (app_user.c.id, app_user.c.name, app_user.c.email, app_user.c.role)


class SignInUser(msgspec.Struct, frozen=True, kw_only=True):
    """What signing in must know of a user."""

    company_id: int
    id: UUID
    email: str
    name: str
    role: Role
    password_hash: str
    status: Literal["active", "disabled"]
    company_status: Literal["active", "suspended"]
    locked_until: datetime | None
    token_version: int

    @property
    def may_sign_in(self) -> bool:
        return self.status == "active" and self.company_status == "active"


_SIGN_IN = (
    app_user.c.company_id,
    *_VIEW,
    app_user.c.password_hash,
    app_user.c.status,
    company.c.status.label("company_status"),
    app_user.c.locked_until,
    app_user.c.token_version,
)


async def user_by_email(work: SystemUnitOfWork, email: str) -> SignInUser | None:
    """E-mails are unique in the whole installation, whatever their case."""
    return await _sign_in_user(work, func.lower(app_user.c.email) == func.lower(email))


async def user_by_id(work: SystemUnitOfWork, company_id: int, user_id: UUID) -> SignInUser | None:
    """The present rights of somebody who shows a token."""
    return await _sign_in_user(work, (app_user.c.company_id == company_id) & (app_user.c.id == user_id))


async def _sign_in_user(work: SystemUnitOfWork, which: ColumnElement[bool]) -> SignInUser | None:
    query = select(*_SIGN_IN).join(company, company.c.id == app_user.c.company_id).where(which)
    row = (await work.execute(query)).mappings().one_or_none()
    return None if row is None else SignInUser(**row)


async def user_view(work: UnitOfWork, user_id: UUID) -> UserView:
    query = select(*_VIEW).where(app_user.c.company_id == work.company_id, app_user.c.id == user_id)
    row = (await work.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFoundError("There is no such user in your company. Reload the list of users.")
    return UserView(**row)


async def free_places(work: UnitOfWork) -> tuple[int, int]:
    """How many people the company may still add, and how many it may have; nobody else asks until we commit."""
    limit = select(company.c.max_agents).where(company.c.id == work.company_id).with_for_update(key_share=True)
    allowed: int = (await work.execute(limit)).scalar_one()
    used = select(func.count()).where(app_user.c.company_id == work.company_id, app_user.c.status == "active")
    return allowed - (await work.execute(used)).scalar_one(), allowed


async def list_users(work: UnitOfWork) -> Sequence[UserView]:
    """Those who may sign in, by name. A company has hundreds at most, so there are no pages."""
    query = (
        select(*_VIEW)
        .where(app_user.c.company_id == work.company_id, app_user.c.status == "active")
        .order_by(app_user.c.name, app_user.c.id)
    )
    return [UserView(**row) for row in (await work.execute(query)).mappings()]
