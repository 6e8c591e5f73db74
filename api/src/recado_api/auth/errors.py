"""Refusals at the door."""

from http import HTTPStatus

from recado_core.errors import RecadoError


class UnauthenticatedError(RecadoError):
    """The same words for every kind of bad token, so that nobody learns from them."""

    code = "unauthenticated"
    status = HTTPStatus.UNAUTHORIZED
    title = "Not signed in"

    def __init__(self) -> None:
        super().__init__("The access token is missing, expired or not valid. Refresh it, or sign in again")


class ForbiddenError(RecadoError):
    code = "forbidden"
    status = HTTPStatus.FORBIDDEN
    title = "Not allowed"


class TooManyRequestsError(RecadoError):
    code = "too_many_requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many requests"

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests. Try again in {retry_after} seconds")
        self.retry_after = retry_after


class InvalidCredentialsError(RecadoError):
    code = "invalid_credentials"
    status = HTTPStatus.UNAUTHORIZED
    title = "Signing in failed"

    def __init__(self) -> None:
        super().__init__("E-mail and password do not fit. Check both; after five failures in a row wait 15 minutes")
