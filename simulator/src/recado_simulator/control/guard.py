"""Keeps the control API to this machine and its errors in one form.

It has no accounts: whoever reaches loopback may use it. So a page from elsewhere must not reach it through somebody's
browser: other Host names are refused (DNS rebinding), and so are other origins and bodies that a form could send.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
from aiohttp import web

from recado_core.errors import RecadoError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOCAL = frozenset({"127.0.0.1", "localhost", "[::1]"})


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
        return _foreign(request) or await handler(request)
    except RecadoError as error:
        return problem(error.status, error.code, error.detail)
    except msgspec.ValidationError as error:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "not_valid", f"{error}. See docs/subsystems/simulator.md.")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return problem(HTTPStatus.BAD_REQUEST, "not_json", f"The body is not JSON: {error}. Send a JSON object.")
    except web.HTTPException as error:
        return problem(error.status, "http", f"{error.reason}: {request.method} {request.path} is not served here.")


def _foreign(request: web.Request) -> web.Response | None:
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    if host not in _LOCAL:
        return problem(
            HTTPStatus.FORBIDDEN, "foreign_host", "The simulator answers on this machine only: use 127.0.0.1."
        )
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        return problem(HTTPStatus.FORBIDDEN, "foreign_origin", "Pages from elsewhere may not use the simulator.")
    if request.method == "POST" and request.can_read_body and request.content_type != "application/json":
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not_json", "Send the body as application/json.")
    return None
