"""Signing in, staying signed in, signing out. Each opens its own units of work, since a refusal writes too: failed
attempts are counted and stolen refresh tokens end their family, and both must be committed before the answer is no.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from recado_api.auth.errors import InvalidCredentialsError, UnauthenticatedError
from recado_api.auth.schemas import SignedIn, SignIn
from recado_api.realtime.watch import REVOKED_CHANNEL
from recado_api.services import Services
from recado_domain.users.actions import record_failed_sign_in, record_sign_in
from recado_domain.users.queries import SignInUser, user_by_email, user_by_id
from recado_domain.users.rules import is_locked
from recado_domain.users.tokens import RefreshToken, Refused, issue_token, revoke_family, revoke_token, rotate_token
from recado_domain.users.views import UserView


class Session(msgspec.Struct, frozen=True):
    """What a browser gets: the answer for its memory, and the refresh token for its cookie."""

    answer: SignedIn
    refresh_token: str
    refresh_expires_at: datetime


async def sign_in(services: Services, given: SignIn) -> Session:
    """Raises InvalidCredentialsError: the same for unknown, wrong, disabled and locked."""
    async with services.database.system() as work:
        user = await user_by_email(work, given.email)
    fits = await services.passwords.fits(user.password_hash if user else None, given.password)
    if user is None or not user.may_sign_in or is_locked(user.locked_until, services.clock.now()):
        raise InvalidCredentialsError
    if not fits:
        async with services.database.company(user.company_id) as company_work:
            await record_failed_sign_in(company_work, user.id)
        raise InvalidCredentialsError
    async with services.database.company(user.company_id) as company_work:
        await record_sign_in(company_work, user.id)
        token = await issue_token(company_work, user.id)
    return _session(services, user, token)


async def refresh(services: Services, token: str) -> Session:
    """Raises UnauthenticatedError. A token used twice ends its family and closes its sockets."""
    user: SignInUser | None = None
    async with services.database.system() as work:
        rotated = await rotate_token(work, token)
        if isinstance(rotated, RefreshToken):
            user = await user_by_id(work, rotated.company_id, rotated.user_id)
            if user is None or not user.may_sign_in:
                await revoke_family(work, rotated.company_id, rotated.family)
    if isinstance(rotated, Refused):
        if rotated.family is not None:
            await announce_revocation(services, rotated.family)
        raise UnauthenticatedError
    if user is None or not user.may_sign_in:
        raise UnauthenticatedError
    return _session(services, user, rotated)


async def sign_out(services: Services, token: str) -> None:
    async with services.database.system() as work:
        family = await revoke_token(work, token)
    if family is not None:
        await announce_revocation(services, family)


async def announce_revocation(services: Services, who: UUID) -> None:
    """A user's or a session's id: the realtime processes look at once instead of at their next round."""
    await services.publisher.ring(REVOKED_CHANNEL, msgspec.json.encode(who).decode())


def _session(services: Services, user: SignInUser, token: RefreshToken) -> Session:
    access_token, expires_at = services.tokens.issue(
        user_id=user.id, company_id=user.company_id, session_id=token.family, token_version=user.token_version
    )
    view = UserView(user.id, user.name, user.email, user.role)
    return Session(SignedIn(access_token, expires_at, view), token.token, token.expires_at)
