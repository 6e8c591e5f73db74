"""Each answer of the API server is the error that says what to do about it."""

import pytest

from recado_kubernetes.errors import (
    AbsentError,
    ConflictError,
    ExpiredError,
    ForbiddenError,
    InvalidError,
    KubernetesError,
    ThrottledError,
    UnreachableError,
    error_of,
)

SAID = b'{"kind": "Status", "message": "pods \\"a\\" already exists"}'


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidError),
        (401, KubernetesError),
        (403, ForbiddenError),
        (404, AbsentError),
        (409, ConflictError),
        (410, ExpiredError),
        (422, InvalidError),
        (429, ThrottledError),
        (500, UnreachableError),
        (503, UnreachableError),
    ],
)
def test_a_status_is_an_error_with_the_servers_words(status: int, kind: type[KubernetesError]) -> None:
    error = error_of(status, SAID, None)
    assert (type(error), error.detail) == (kind, 'pods "a" already exists')


@pytest.mark.parametrize(("status", "asked", "seconds"), [(429, "7", 7.0), (429, None, 1.0), (503, "2.5", 2.5)])
def test_patience_is_as_long_as_asked(status: int, asked: str | None, seconds: float) -> None:
    error = error_of(status, b"", asked)
    assert isinstance(error, ThrottledError)
    assert error.retry_after == seconds


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"", b"[1]"])
def test_whatever_stands_before_the_api_server_may_say_anything(body: bytes) -> None:
    assert error_of(502, body, None).detail == "The Kubernetes API answered 502"
    assert isinstance(error_of(429, body, "Wed, 21 Oct 2026 07:28:00 GMT"), ThrottledError)
