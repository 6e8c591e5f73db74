"""One request, one unit of work: committed after the handler returned and before the answer leaves, so that a failed
commit is a 500 and never a promise.
"""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide

from recado_api.auth.access import access_user
from recado_api.auth.guard import provide_principal
from recado_api.auth.principal import Principal
from recado_api.services import services_of
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView


async def provide_work(
    request: Request[Any, Any, Any], principal: NamedDependency[Principal]
) -> AsyncIterator[UnitOfWork]:
    """Only for a token that still stands: a route cannot forget to ask."""
    async with services_of(request).database.company(principal.company_id) as work:
        request.state.bearer = await access_user(work, principal)
        yield work


def provide_user(request: Request[Any, Any, Any], work: NamedDependency[UnitOfWork]) -> UserView:  # noqa: ARG001 - after it
    bearer: UserView = request.state.bearer
    return bearer


SIGNED_IN = {
    "principal": Provide(provide_principal, sync_to_thread=False),
    "work": Provide(provide_work),
    "user": Provide(provide_user, sync_to_thread=False),
}
