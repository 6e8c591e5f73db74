"""What the API server may answer instead of what was asked for, one class for each thing a caller does about it."""

from http import HTTPStatus

import msgspec

from recado_core.errors import RecadoError


class KubernetesError(RecadoError):
    """The API server refused or failed; the text is its own."""

    code = "kubernetes"
    status = HTTPStatus.BAD_GATEWAY
    title = "The Kubernetes API did not do what was asked"


class UnreachableError(KubernetesError):
    """No answer, or one that says nothing about the request (5xx): try again later."""

    code = "kubernetes_unreachable"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class ThrottledError(UnreachableError):
    """The API server asks for patience: `retry_after` seconds."""

    code = "kubernetes_throttled"

    def __init__(self, detail: str, retry_after: float) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class AbsentError(KubernetesError):
    code = "kubernetes_absent"
    status = HTTPStatus.NOT_FOUND


class ConflictError(KubernetesError):
    """Somebody else wrote first, or an object of that name exists: look again, then decide anew."""

    code = "kubernetes_conflict"
    status = HTTPStatus.CONFLICT


class InvalidError(KubernetesError):
    """The object does not fit its schema or rules; the text names the fields. Trying again changes nothing."""

    code = "kubernetes_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class ForbiddenError(KubernetesError):
    """The account may not do this, or a quota is used up; the text says which."""

    code = "kubernetes_forbidden"
    status = HTTPStatus.FORBIDDEN


class ExpiredError(KubernetesError):
    """The continue token of a list is too old (410): begin again."""

    code = "kubernetes_expired"
    status = HTTPStatus.GONE


class _Status(msgspec.Struct):
    message: str = ""


_KINDS: dict[int, type[KubernetesError]] = {
    HTTPStatus.NOT_FOUND: AbsentError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.UNPROCESSABLE_ENTITY: InvalidError,
    HTTPStatus.BAD_REQUEST: InvalidError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.GONE: ExpiredError,
}
FIRST_RETRY_SECONDS = 1.0


def error_of(status: int, body: bytes, retry_after: str | None) -> KubernetesError:
    """The error that an answer with `status` (400 or more) means."""
    text = _text(status, body)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (retry_after and status >= HTTPStatus.INTERNAL_SERVER_ERROR):
        return ThrottledError(text, _seconds(retry_after))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnreachableError(text)
    return _KINDS.get(status, KubernetesError)(text)


def _text(status: int, body: bytes) -> str:
    try:
        told = msgspec.json.decode(body, type=_Status).message
    except msgspec.MsgspecError:
        told = ""  # whatever stands before the API server speaks HTML
    return told or f"The Kubernetes API answered {status}"


def _seconds(retry_after: str | None) -> float:
    try:
        return max(0.0, float(retry_after or FIRST_RETRY_SECONDS))
    except ValueError:  # a date
        return FIRST_RETRY_SECONDS
