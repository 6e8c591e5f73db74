"""Everybody of the company sees its connections; admins manage those that are managed here."""

from uuid import UUID

from recado_api.auth.access import require_admin
from recado_api.connections.errors import ManagedElsewhereError
from recado_domain.connections.queries import connection_view
from recado_domain.connections.views import ConnectionView
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView

OURS = "recado"


async def access_managed_connection(work: UnitOfWork, user: UserView, connection_id: UUID) -> ConnectionView:
    """One that `user` may change. Raises ForbiddenError, NotFoundError, ManagedElsewhereError."""
    require_admin(user)
    connection = await connection_view(work, connection_id)
    if connection.managed_by != OURS:
        raise ManagedElsewhereError(connection.managed_by)
    return connection
