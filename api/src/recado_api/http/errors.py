"""Turns whatever a route raises into a problem. What nobody foresaw becomes a 500 that tells nothing of the inside."""

import re
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import ClientException, HTTPException
from litestar.types import ExceptionHandlersMap

from recado_api.auth.errors import TooManyRequestsError
from recado_api.http.fields import MISSING, in_words
from recado_api.http.problems import PROBLEM_TYPE, FieldProblem, ProblemDetails
from recado_core.errors import RecadoError
from recado_core.log import logger
from recado_domain.availability import DatabaseUnavailableError, is_unavailable

log = logger(__name__)

_CODES = {
    HTTPStatus.BAD_REQUEST: "invalid_request",
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
}

_MISSING = re.compile(r"Missing required \w+ parameter '([^']+)'")

_DETAILS = {
    HTTPStatus.NOT_FOUND: "There is nothing here. Check the address and the id",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not answer this method. Look it up in the API document",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MiB. Send less at once",
}


def problem(details: ProblemDetails, headers: dict[str, str] | None = None) -> Response[ProblemDetails]:
    return Response(details, status_code=details.status, media_type="application/problem+json", headers=headers)


def handle_recado_error(_: Request[Any, Any, Any], error: RecadoError) -> Response[ProblemDetails]:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("refused with a server error", code=error.code, exc_info=error)
    details = ProblemDetails(
        type=PROBLEM_TYPE + error.code, title=error.title, status=error.status, detail=error.detail, code=error.code
    )
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequestsError) else None
    return problem(details, headers)


def handle_http_exception(_: Request[Any, Any, Any], error: HTTPException) -> Response[ProblemDetails]:
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return handle_unforeseen(_, error)
    status = HTTPStatus(error.status_code)
    code = _CODES.get(status, f"http_{status}")
    fields = _field_problems(error)
    detail = _DETAILS.get(status) or _describe(fields)
    details = ProblemDetails(
        type=PROBLEM_TYPE + code, title=status.phrase, status=status, detail=detail, code=code, errors=fields or None
    )
    return problem(details, error.headers)


def handle_unforeseen(request: Request[Any, Any, Any], error: Exception) -> Response[ProblemDetails]:
    if is_unavailable(error):
        return handle_recado_error(request, DatabaseUnavailableError())
    log.error("unforeseen error", exc_info=error)
    return problem(
        ProblemDetails(
            type=PROBLEM_TYPE + RecadoError.code,
            title=RecadoError.title,
            status=HTTPStatus.INTERNAL_SERVER_ERROR,
            detail="Something failed on our side and was noted. Try again, and tell whoever runs Recado if it stays",
            code=RecadoError.code,
        )
    )


def handle_recursion(_: Request[Any, Any, Any], error: RecursionError) -> Response[ProblemDetails]:
    """JSON nested thousands deep; nothing of ours recurses over what people send."""
    log.warning("a body was nested too deeply", exc_info=error)
    return handle_http_exception(_, ClientException("The body is nested too deeply"))


HANDLERS: ExceptionHandlersMap = {
    RecursionError: handle_recursion,
    RecadoError: handle_recado_error,
    HTTPException: handle_http_exception,
    Exception: handle_unforeseen,
}


def _field_problems(error: HTTPException) -> list[FieldProblem]:
    if missing := _MISSING.search(error.detail):
        return [FieldProblem(field=missing[1], message=MISSING)]
    notes = error.extra if isinstance(error.extra, list) else []
    return [_field_problem(note) for note in notes if isinstance(note, dict) and "message" in note]


def _field_problem(note: dict[str, Any]) -> FieldProblem:
    misfit = str(note["message"])
    return FieldProblem(field=_field(str(note.get("key", "")), misfit), message=in_words(misfit))


def _field(key: str, message: str) -> str:
    """As the client calls it. The body as a whole is `data`; then the name stands between backticks in the message."""
    if key not in {"", "data"}:
        first, *rest = key.removeprefix("data.").split("_")
        return first + "".join(word.title() for word in rest)
    named = message.split("`")
    return named[1] if len(named) > 1 and "field" in named[0] else "body"


def _describe(fields: list[FieldProblem]) -> str:
    if fields:
        return "Correct these fields and send again: " + ", ".join(note.field for note in fields)
    return "The request does not fit. Compare it with the API document"
