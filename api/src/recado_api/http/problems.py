"""RFC 9457: every refusal has one shape, a stable `code` for programs and a `detail` that says what to do next.

One declared schema for all errors keeps the generated client small; a stack or SQL never leaves the process.
"""

from collections.abc import Iterable
from http import HTTPStatus

import msgspec
from litestar.openapi.datastructures import ResponseSpec

PROBLEM_TYPE = "https://recado.dev/problems/"


class FieldProblem(msgspec.Struct, frozen=True):
    """One thing that is wrong with the request."""

    field: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None


_MEANINGS = {
    HTTPStatus.BAD_REQUEST: "The request does not fit; `errors` names the fields",
    HTTPStatus.UNAUTHORIZED: "Sign in again",
    HTTPStatus.FORBIDDEN: "The role of this user does not allow it",
    HTTPStatus.NOT_FOUND: "There is nothing here that this user may see",
    HTTPStatus.CONFLICT: "The state of the thing does not allow it; `code` says why",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Understood but refused; `code` says why",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests; wait for the seconds in Retry-After",
    HTTPStatus.SERVICE_UNAVAILABLE: "Something this needs does not answer; try again",
}

_ALWAYS = (HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS)


def problems(*statuses: HTTPStatus) -> dict[int, ResponseSpec]:
    """The error answers of a route, for its `responses`."""
    return _specs({*_ALWAYS, *statuses})


def _specs(statuses: Iterable[HTTPStatus]) -> dict[int, ResponseSpec]:
    return {
        int(status): ResponseSpec(
            ProblemDetails,
            generate_examples=False,
            description=_MEANINGS[status],
            media_type="application/problem+json",
        )
        for status in sorted(statuses)
    }
