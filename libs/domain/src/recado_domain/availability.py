"""Tells "the database is away" from "this went wrong": the first is worth trying again, and no bug of ours."""

from http import HTTPStatus

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from recado_core.errors import RecadoError

AWAY = ("08", "53", "57")
"""SQLSTATE classes: connection exception, insufficient resources, operator intervention (restart, recovery)."""


class DatabaseUnavailableError(RecadoError):
    code = "database_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The database does not answer"

    def __init__(self) -> None:
        super().__init__("The database is restarting or out of reach. Nothing was changed; try again in a moment")


def is_unavailable(error: BaseException) -> bool:
    """Looks through groups and causes: drivers, pools and frameworks wrap what really happened."""
    if isinstance(error, BaseExceptionGroup):
        return any(is_unavailable(inner) for inner in error.exceptions)
    if isinstance(error, PoolTimeoutError | ConnectionError | FileNotFoundError | TimeoutError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if str(getattr(error, "sqlstate", None) or "")[:2] in AWAY:
        return True
    return error.__cause__ is not None and is_unavailable(error.__cause__)
