"""Connections as the web sees them. What runs them is the operator's business: these verbs only say what is wanted."""

from uuid import UUID

import msgspec
from sqlalchemy import text, update

from recado_core import bells
from recado_core.session_states import TERMINAL_STATES
from recado_domain.connections.queries import connection_view, describe_connections, missing_connection
from recado_domain.connections.tables import connection, session_lease
from recado_domain.connections.views import ConnectionView
from recado_domain.unit_of_work import UnitOfWork

DECLARE = text("select operator_api.declare_connection(:company, :id, :name, :display_name, :managed_by, :paused)")


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """What a WhatsAppConnection resource says; `id` is its uid, `name` its name."""

    id: UUID
    name: str
    display_name: str
    managed_by: str = "recado"
    paused: bool = False


async def declare(work: UnitOfWork, wanted: Declaration) -> ConnectionView:
    """The same function that the operator calls, so the web button and `kubectl apply` cannot drift apart."""
    values = {"company": work.company_id, **msgspec.structs.asdict(wanted)}
    if (await work.execute(DECLARE, values)).scalar_one() is None:
        raise missing_connection()
    work.changed(describe_connections, wanted.id)
    return await connection_view(work, wanted.id)


async def set_paused(work: UnitOfWork, connection_id: UUID, *, paused: bool) -> ConnectionView:
    """A paused connection has no session; what is sent waits."""
    return await _update(work, connection_id, paused=paused)


async def request_pairing(work: UnitOfWork, connection_id: UUID) -> ConnectionView:
    """Wants new codes: a running session is told by its heartbeat, one that ended for good may start again."""
    view = await _update(work, connection_id, pairing_requested_at=work.now)
    await work.execute(
        update(session_lease)
        .where(
            session_lease.c.company_id == work.company_id,
            session_lease.c.connection_id == connection_id,
            session_lease.c.state.in_(TERMINAL_STATES),
        )
        .values(state="stopped", reason="pairing_requested", exit_code=None)
    )
    work.ring(bells.SESSION_STATE, str(connection_id))
    return view


async def remove(work: UnitOfWork, connection_id: UUID) -> None:
    """Gone for people at once; the operator then takes the session, its keys and its role away."""
    await _update(work, connection_id, deleted_at=work.now)


async def _update(work: UnitOfWork, connection_id: UUID, **values: object) -> ConnectionView:
    view = await connection_view(work, connection_id)
    await work.execute(
        update(connection)
        .where(connection.c.company_id == work.company_id, connection.c.id == connection_id)
        .values(**values)
    )
    work.changed(describe_connections, connection_id)
    return msgspec.structs.replace(view, paused=bool(values.get("paused", view.paused)))
