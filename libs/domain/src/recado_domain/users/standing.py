"""Whether an access token still stands: its user is active and not renumbered, its sign-in was not ended.

Asked at every request and for every open socket, so that disabling a user or signing out counts at once and not when
the token expires.
"""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, bindparam, column, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger, Integer, Uuid

from recado_domain.companies.tables import company
from recado_domain.unit_of_work import SystemUnitOfWork, UnitOfWork
from recado_domain.users.tables import app_user, refresh_token
from recado_domain.users.views import UserView


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What an access token says of its bearer. `session_id` is the family of the refresh tokens beside it."""

    company_id: int
    user_id: UUID
    session_id: UUID
    token_version: int


def _active() -> ColumnElement[bool]:
    return (app_user.c.status == "active") & (company.c.status == "active")


def _ended(session_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    return exists().where(
        refresh_token.c.company_id == app_user.c.company_id,
        refresh_token.c.family == session_id,
        refresh_token.c.revoked_at.is_not(None),
    )


async def bearer_of(work: UnitOfWork, token: Token) -> UserView | None:
    """The user with present name and role; None when the token does not stand any more."""
    query = (
        select(app_user.c.id, app_user.c.name, app_user.c.email, app_user.c.role)
        .join(company, company.c.id == app_user.c.company_id)
        .where(
            app_user.c.company_id == work.company_id,
            app_user.c.company_id == token.company_id,
            app_user.c.id == token.user_id,
            app_user.c.token_version == token.token_version,
            _active(),
            ~_ended(bindparam("session", token.session_id, Uuid())),
        )
    )
    row = (await work.execute(query)).mappings().one_or_none()
    return None if row is None else UserView(**row)


async def standing_tokens(work: SystemUnitOfWork, tokens: Collection[Token]) -> set[Token]:
    """Those of `tokens` that still stand, across companies, in one query."""
    given = (
        func.unnest(
            bindparam("companies", [token.company_id for token in tokens], ARRAY(BigInteger)),
            bindparam("users", [token.user_id for token in tokens], ARRAY(Uuid)),
            bindparam("sessions", [token.session_id for token in tokens], ARRAY(Uuid)),
            bindparam("versions", [token.token_version for token in tokens], ARRAY(Integer)),
        )
        .table_valued(
            column("company_id", BigInteger),
            column("user_id", Uuid),
            column("session_id", Uuid),
            column("token_version", Integer),
            name="given",
        )
        .render_derived()
    )
    query = (
        select(given.c.company_id, given.c.user_id, given.c.session_id, given.c.token_version)
        .join(app_user, (app_user.c.company_id == given.c.company_id) & (app_user.c.id == given.c.user_id))
        .join(company, company.c.id == app_user.c.company_id)
        .where(app_user.c.token_version == given.c.token_version, _active(), ~_ended(given.c.session_id))
    )
    return {Token(**row) for row in (await work.execute(query)).mappings()}
