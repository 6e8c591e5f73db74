"""Keeps the control API to the names that it is known by, this machine's own if nobody says more, and its errors in one
form.

It has no accounts: whoever reaches its address may use it. So a page from elsewhere must not reach it through
somebody's browser: other Host names are refused (DNS rebinding), and so are other origins and bodies that a form could
send.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from aiohttp import web

from recado_core.errors import RecadoError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})
NAMES = web.AppKey("names", frozenset[str])
"""Host names that it answers to."""


def problem(status: int, code: str, detail: str) -> web.Response:
    return answer({"code": code, "detail": detail}, status)


def answer(value: object, status: int = HTTPStatus.OK) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json", headers=headers
    )


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return _foreign(request, request.app[NAMES]) or await handler(request)
    except RecadoError as error:
        return problem(error.status, error.code, error.detail)
    except msgspec.ValidationError as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not_valid", f"{error}. See docs/subsystems/simulator.md.")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return problem(HTTPStatus.BAD_REQUEST, "not_json", f"The body is not JSON: {error}. Send a JSON object.")
    except web.HTTPException as error:
        return problem(error.status, "http", f"{error.reason}: {request.method} {request.path} is not served here.")


def _foreign(request: web.Request, names: frozenset[str]) -> web.Response | None:
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if host not in names:
        known = " or ".join(sorted(names))
        return problem(HTTPStatus.FORBIDDEN, "foreign_host", f"The simulator does not go by that name: use {known}.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        return problem(HTTPStatus.FORBIDDEN, "foreign_origin", "Pages from elsewhere may not use the simulator.")
    if request.method == "POST" and request.can_read_body and request.content_type != "application/json":
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", "Send the body as application/json.")
    return None
