"""The signed-in user."""

from http import HTTPStatus

from litestar import Controller, get

from recado_api.http.problems import problems
from recado_api.users.schemas import MeView


class MeController(Controller):
    path = "/me"

    @get("/", operation_id="getMe", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def get_me(self) -> MeView:
        raise NotImplementedError
