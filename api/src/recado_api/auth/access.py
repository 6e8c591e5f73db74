"""From a token to a user who may act now."""

from recado_api.auth.errors import ForbiddenError, UnauthenticatedError
from recado_api.auth.principal import Principal
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.standing import Token, bearer_of
from recado_domain.users.views import UserView


def token_of(principal: Principal) -> Token:
    return Token(
        company_id=principal.company_id,
        user_id=principal.user_id,
        session_id=principal.session_id,
        token_version=principal.token_version,
    )


async def access_user(work: UnitOfWork, principal: Principal) -> UserView:
    """The bearer with the rights of this moment. Raises UnauthenticatedError."""
    user = await bearer_of(work, token_of(principal))
    if user is None:
        raise UnauthenticatedError
    return user


def require_admin(user: UserView) -> None:
    """Raises ForbiddenError."""
    if user.role != "admin":
        raise ForbiddenError("Only admins of the company may do this. Ask one of them")
