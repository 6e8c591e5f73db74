import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from recado_domain.availability import is_unavailable


def caused_by(cause: BaseException) -> Exception:
    error = RuntimeError("wrapped")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        FileNotFoundError("no socket"),
        PoolTimeoutError(),
        TimeoutError("a statement that hangs"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("terminating"),
        DBAPIError("select", {}, Exception("gone"), connection_invalidated=True),
        caused_by(asyncpg.ConnectionDoesNotExistError("closed")),
        ExceptionGroup("in a dependency", [ValueError(), caused_by(ConnectionResetError())]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away_is_worth_another_try(error: Exception) -> None:
    assert is_unavailable(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a bug"),
        asyncpg.UniqueViolationError("twice"),
        IntegrityError("insert", {}, Exception("twice")),
        ExceptionGroup("bugs", [ValueError()]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_anything_else_is_not(error: Exception) -> None:
    assert not is_unavailable(error)
