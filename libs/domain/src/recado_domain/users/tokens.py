"""Refresh tokens: single use, each use gives the next one, and a copy that turns up later ends the whole family.

Only hashes are stored. A token does not say whose it is, so looking it up crosses companies. Refusals are answers, not
exceptions: the revocation that goes with them must be committed.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update

from recado_core.ids import new_id
from recado_domain.unit_of_work import SystemUnitOfWork, UnitOfWork
from recado_domain.users.rules import REFRESH_LIFETIME, judge_token
from recado_domain.users.tables import refresh_token


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """Handed out once; `family` names the sign-in that it descends from."""

    company_id: int
    user_id: UUID
    family: UUID
    token: str
    expires_at: datetime


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """`reused`: the family was revoked; tell its sockets to log out."""

    reason: Literal["invalid", "reused"]
    company_id: int | None = None
    user_id: UUID | None = None
    family: UUID | None = None


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def issue_token(work: UnitOfWork, user_id: UUID) -> RefreshToken:
    """The first token of a family, at sign-in."""
    return await _insert(work, work.company_id, user_id, family=new_id(), parent=None)


async def rotate_token(work: SystemUnitOfWork, token: str) -> RefreshToken | Refused:
    """Spends `token` and gives its successor. Whoever spends it is decided by one UPDATE, so never two."""
    spent = await work.execute(
        update(refresh_token)
        .where(
            refresh_token.c.token_hash == _hash(token),
            refresh_token.c.used_at.is_(None),
            refresh_token.c.revoked_at.is_(None),
            refresh_token.c.expires_at > work.now,
        )
        .values(used_at=work.now)
        .returning(refresh_token)
    )
    row = spent.one_or_none()
    if row is None:
        return await _explain(work, token)
    return await _insert(work, row.company_id, row.user_id, family=row.family, parent=row.id)


async def _explain(work: SystemUnitOfWork, token: str) -> RefreshToken | Refused:
    found = await work.execute(select(refresh_token).where(refresh_token.c.token_hash == _hash(token)))
    row = found.one_or_none()
    if row is None:
        return Refused(reason="invalid")
    use = judge_token(used_at=row.used_at, revoked_at=row.revoked_at, expires_at=row.expires_at, now=work.now)
    if use == "again":
        return await _insert(work, row.company_id, row.user_id, family=row.family, parent=row.id)
    if use == "reused":
        await revoke_family(work, row.company_id, row.family)
        return Refused(reason="reused", company_id=row.company_id, user_id=row.user_id, family=row.family)
    return Refused(reason="invalid")


async def revoke_token(work: SystemUnitOfWork, token: str) -> UUID | None:
    """Signing out: ends the token's family and names it. Unknown tokens are ignored."""
    found = await work.execute(
        select(refresh_token.c.company_id, refresh_token.c.family).where(refresh_token.c.token_hash == _hash(token))
    )
    row = found.one_or_none()
    if row is None:
        return None
    await revoke_family(work, row.company_id, row.family)
    return UUID(str(row.family))


async def revoke_family(work: SystemUnitOfWork, company_id: int, family: UUID) -> None:
    await work.execute(
        update(refresh_token)
        .where(
            refresh_token.c.company_id == company_id,
            refresh_token.c.family == family,
            refresh_token.c.revoked_at.is_(None),
        )
        .values(revoked_at=work.now)
    )


async def _insert(
    work: UnitOfWork | SystemUnitOfWork, company_id: int, user_id: UUID, *, family: UUID, parent: UUID | None
) -> RefreshToken:
    token, expires_at = secrets.token_urlsafe(32), work.now + REFRESH_LIFETIME
    await work.execute(
        insert(refresh_token).values(
            company_id=company_id,
            id=new_id(),
            user_id=user_id,
            family=family,
            token_hash=_hash(token),
            parent=parent,
            created_at=work.now,
            expires_at=expires_at,
        )
    )
    return RefreshToken(company_id=company_id, user_id=user_id, family=family, token=token, expires_at=expires_at)
