"""What browsers learn of connections: on the company's stream, for everybody in it."""

from uuid import UUID

from recado_domain.connections.views import ConnectionView
from recado_domain.streams.events import Event


class ConnectionChanged(Event, frozen=True, tag="connection.changed"):
    connection: ConnectionView


class ConnectionRemoved(Event, frozen=True, tag="connection.removed"):
    connection_id: UUID
