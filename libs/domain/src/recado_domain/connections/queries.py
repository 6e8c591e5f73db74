from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import RowMapping, select

from recado_domain.connections.events import ConnectionChanged, ConnectionRemoved
from recado_domain.connections.tables import connection, pairing
from recado_domain.connections.views import ConnectionView, PairingCodeView, PairingView, QrView
from recado_domain.errors import NotFoundError
from recado_domain.metadata import one_of
from recado_domain.streams.events import COMPANY_STREAM, Event
from recado_domain.unit_of_work import Changes, UnitOfWork

_VIEW = (
    connection.c.id,
    connection.c.name,
    connection.c.display_name,
    connection.c.state,
    connection.c.state_reason,
    connection.c.state_since,
    connection.c.phone,
    connection.c.paused,
    connection.c.managed_by,
    connection.c.created_at,
)


def missing_connection() -> NotFoundError:
    return NotFoundError("There is no such connection. It may have been removed: reload the list of connections.")


async def list_connections(work: UnitOfWork) -> Sequence[ConnectionView]:
    """Oldest first, without removed ones."""
    query = (
        select(*_VIEW)
        .where(connection.c.company_id == work.company_id, connection.c.deleted_at.is_(None))
        .order_by(connection.c.created_at, connection.c.id)
    )
    return [ConnectionView(**row) for row in (await work.execute(query)).mappings()]


async def connection_view(work: UnitOfWork, connection_id: UUID) -> ConnectionView:
    query = select(*_VIEW).where(
        connection.c.company_id == work.company_id,
        connection.c.id == connection_id,
        connection.c.deleted_at.is_(None),
    )
    row = (await work.execute(query)).mappings().one_or_none()
    if row is None:
        raise missing_connection()
    return ConnectionView(**row)


async def pairing_view(work: UnitOfWork, connection_id: UUID) -> PairingView:
    """`qr` and `code` only while they may still link a phone."""
    current = (pairing.c.company_id == connection.c.company_id) & (pairing.c.connection_id == connection.c.id)
    query = (
        select(connection.c.state, connection.c.state_reason, connection.c.pairing_phone, *pairing.c)
        .select_from(connection.outerjoin(pairing, current & (pairing.c.expires_at > work.now)))
        .where(
            connection.c.company_id == work.company_id,
            connection.c.id == connection_id,
            connection.c.deleted_at.is_(None),
        )
    )
    row = (await work.execute(query)).one_or_none()
    if row is None:
        raise missing_connection()
    qr = None if row.qr is None else QrView(row.qr, row.expires_at, row.round)
    code = None if row.code is None else PairingCodeView(row.code, row.expires_at, row.round)
    return PairingView(row.state, row.state_reason, qr, code, row.pairing_phone)


async def describe_connections(work: UnitOfWork, changes: Changes) -> Sequence[tuple[str, Event]]:
    """See `unit_of_work.Describe`."""
    query = (
        select(*_VIEW, connection.c.deleted_at)
        .where(connection.c.company_id == work.company_id, one_of(connection.c.id, changes))
        .order_by(connection.c.id)
    )
    return [(COMPANY_STREAM, _event(row)) for row in (await work.execute(query)).mappings()]


def _event(row: RowMapping) -> Event:
    values = dict(row)
    if values.pop("deleted_at") is not None:
        return ConnectionRemoved(connection_id=values["id"])
    return ConnectionChanged(connection=ConnectionView(**values))
