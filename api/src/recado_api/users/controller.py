"""The signed-in user."""

from http import HTTPStatus

from litestar import Controller, get
from litestar.di import NamedDependency

from recado_api.http.problems import problems
from recado_api.users.schemas import MeView
from recado_domain.companies.queries import company_view
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView


class MeController(Controller):
    path = "/me"

    @get("/", operation_id="getMe", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def get_me(self, work: NamedDependency[UnitOfWork], user: NamedDependency[UserView]) -> MeView:
        return MeView(user.id, user.name, user.email, user.role, await company_view(work))
