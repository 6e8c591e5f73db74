"""Sign-in, refresh and sign-out. The access token goes into the browser's memory, the refresh token into a cookie."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, post
from litestar.params import HeaderParameter, JSONBody

from recado_api.auth import cookie, sessions
from recado_api.auth.errors import UnauthenticatedError
from recado_api.auth.schemas import SignedIn, SignIn
from recado_api.http.client_address import client_address
from recado_api.http.problems import problems
from recado_api.services import Services, services_of

AnyRequest = Request[Any, Any, Any]


class AuthController(Controller):
    path = "/auth"

    @post("/sign-in", operation_id="signIn", status_code=HTTPStatus.OK, responses=problems(HTTPStatus.UNAUTHORIZED))
    async def sign_in(self, data: JSONBody[SignIn], request: AnyRequest) -> Response[SignedIn]:
        services = services_of(request)
        address = _address(services, request)
        await services.limits.count_sign_in(data.email, address)
        session = await sessions.sign_in(services, data)
        await services.limits.forgive_sign_ins(data.email, address)
        return _answer(services, session)

    @post("/refresh", operation_id="refresh", status_code=HTTPStatus.OK, responses=problems(HTTPStatus.UNAUTHORIZED))
    async def refresh(
        self,
        request: AnyRequest,
        recado_refresh: Annotated[Literal["1"], HeaderParameter(name="X-Recado-Refresh")],  # noqa: ARG002 - no form can send it
    ) -> Response[SignedIn]:
        services = services_of(request)
        token = _refresh_token(services, request)
        if token is None:
            raise UnauthenticatedError
        return _answer(services, await sessions.refresh(services, token))

    @post("/sign-out", operation_id="signOut", status_code=HTTPStatus.NO_CONTENT, responses=problems())
    async def sign_out(self, request: AnyRequest) -> Response[None]:
        services = services_of(request)
        if (token := _refresh_token(services, request)) is not None:
            await sessions.sign_out(services, token)
        gone = cookie.expired_cookie(secure=services.settings.web.cookies_are_secure)
        return Response(None, status_code=HTTPStatus.NO_CONTENT, cookies=[gone])


def _answer(services: Services, session: sessions.Session) -> Response[SignedIn]:
    web = services.settings.web
    kept = cookie.cookie(
        cookie.seal(web.jwt_refresh_secret, session.refresh_token),
        now=services.clock.now(),
        expires_at=session.refresh_expires_at,
        secure=web.cookies_are_secure,
    )
    return Response(session.answer, cookies=[kept])


def _refresh_token(services: Services, request: AnyRequest) -> str | None:
    value = request.cookies.get(cookie.NAME, "")
    return cookie.unseal(services.settings.web.jwt_refresh_secret, value)


def _address(services: Services, request: AnyRequest) -> str:
    peer = request.client.host if request.client else None
    return client_address(peer, request.headers.get("x-forwarded-for", ""), services.trusted_proxies)
