"""The first request of a browser."""

from http import HTTPStatus

from litestar import Controller, get

from recado_api.companies.bootstrap import Bootstrap
from recado_api.http.problems import problems


class BootstrapController(Controller):
    path = "/bootstrap"

    @get("/", operation_id="getBootstrap", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def get_bootstrap(self) -> Bootstrap:
        raise NotImplementedError
