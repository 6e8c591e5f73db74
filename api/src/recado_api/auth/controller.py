"""Sign-in, refresh and sign-out."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, post
from litestar.params import HeaderParameter, JSONBody

from recado_api.auth.schemas import SignedIn, SignIn
from recado_api.http.problems import problems


class AuthController(Controller):
    path = "/auth"

    @post(
        "/sign-in",
        operation_id="signIn",
        status_code=HTTPStatus.OK,
        responses=problems(HTTPStatus.UNAUTHORIZED),
    )
    async def sign_in(self, data: JSONBody[SignIn], request: Request[Any, Any, Any]) -> Response[SignedIn]:
        raise NotImplementedError

    @post(
        "/refresh",
        operation_id="refresh",
        status_code=HTTPStatus.OK,
        responses=problems(HTTPStatus.UNAUTHORIZED),
    )
    async def refresh(
        self,
        request: Request[Any, Any, Any],
        asked: Annotated[Literal["1"], HeaderParameter(name="X-Recado-Refresh")],
    ) -> Response[SignedIn]:
        raise NotImplementedError

    @post("/sign-out", operation_id="signOut", status_code=HTTPStatus.NO_CONTENT, responses=problems())
    async def sign_out(self, request: Request[Any, Any, Any]) -> Response[None]:
        raise NotImplementedError
