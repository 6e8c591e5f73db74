"""Errors people may meet. Each has a stable code for programs and a text that says what to do next for people."""

from http import HTTPStatus
from typing import ClassVar


class RecadoError(Exception):
    """A refusal with a stable `code`; `status` is the HTTP status it becomes at the API's edge (RFC 9457)."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = HTTPStatus.INTERNAL_SERVER_ERROR
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class ConfigurationError(RecadoError):
    """A process cannot start with these settings. It ends with exit code 78."""

    code = "configuration"
    title = "The settings do not allow a start"
