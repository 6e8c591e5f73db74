"""The door of every signed-in route: it runs before the body is read."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from recado_api.auth.errors import UnauthenticatedError
from recado_api.auth.principal import Principal
from recado_api.services import services_of

Connection = ASGIConnection[Any, Any, Any, Any]


async def require_token(connection: Connection, _: BaseRouteHandler) -> None:
    """Raises UnauthenticatedError or TooManyRequestsError."""
    services = services_of(connection)
    principal = services.tokens.read(_bearer(connection))
    await services.limits.count_request(principal.user_id)
    connection.scope["user"] = principal


def provide_principal(request: Request[Any, Any, Any]) -> Principal:
    principal = request.scope["user"]
    if not isinstance(principal, Principal):
        raise UnauthenticatedError
    return principal


def _bearer(connection: Connection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthenticatedError
    return token.strip()
