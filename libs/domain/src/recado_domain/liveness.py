"""Keeps dead connections of the pool from whoever asks for one. SQLAlchemy's own pre-ping costs three round trips at
each checkout; here a connection that was used a moment ago is believed unless its socket is known to be closed. A
server that vanished within that moment shows at the first statement, which then fails and empties the pool.
"""

import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

IDLE_SECONDS = 5.0
RETURNED = "recado_returned"


def refuse_dead_connections(engine: AsyncEngine) -> None:
    """The pool replaces what is refused here."""
    event.listen(engine.sync_engine, "checkin", _note_return)
    event.listen(engine.sync_engine, "checkout", _check)


def _note_return(_: Any, record: Any) -> None:
    record.info[RETURNED] = time.monotonic()


def _check(connection: Any, record: Any, _: Any) -> None:
    """`connection` is SQLAlchemy's face of an asyncpg connection. Raises DisconnectionError."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("The server closed this connection")
    if time.monotonic() - record.info.get(RETURNED, time.monotonic()) > IDLE_SECONDS:
        try:
            connection.ping()
        except connection.dbapi.Error as error:
            raise DisconnectionError("This connection does not answer") from error
