"""Connections: admins declare, pause and remove them; a declaration is the same resource that kubectl applies."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from litestar import Controller, Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from recado_api.auth.access import require_admin
from recado_api.connections import declaring
from recado_api.connections.access import access_managed_connection
from recado_api.connections.schemas import ConnectionList, NewConnection
from recado_api.http.problems import problems
from recado_api.services import services_of
from recado_domain.connections import actions
from recado_domain.connections.queries import connection_view, list_connections, pairing_view
from recado_domain.connections.views import ConnectionView, PairingView
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView

LIST = problems(HTTPStatus.UNAUTHORIZED)
READ = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
CREATE = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT)
PAIR = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
WRITE = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)

Work = NamedDependency[UnitOfWork]
User = NamedDependency[UserView]
AnyRequest = Request[Any, Any, Any]
Id = FromPath[UUID]


class ConnectionController(Controller):
    path = "/connections"

    @get("/", operation_id="listConnections", responses=LIST)
    async def list_connections(self, work: Work) -> ConnectionList:
        return ConnectionList(await list_connections(work))

    @post("/", operation_id="createConnection", responses=CREATE)
    async def create_connection(
        self, data: JSONBody[NewConnection], work: Work, user: User, request: AnyRequest
    ) -> ConnectionView:
        require_admin(user)
        return await declaring.create(work, services_of(request).resources, data.display_name.strip(), data.code_for)

    @get("/{connection_id:uuid}", operation_id="getConnection", responses=READ)
    async def get_connection(self, connection_id: Id, work: Work) -> ConnectionView:
        return await connection_view(work, connection_id)

    @get("/{connection_id:uuid}/pairing", operation_id="getPairing", responses=PAIR)
    async def get_pairing(self, connection_id: Id, work: Work, user: User) -> PairingView:
        """A code links a phone to whoever sees it, so only admins do."""
        require_admin(user)
        return await pairing_view(work, connection_id)

    @post("/{connection_id:uuid}/pairing", operation_id="requestPairing", status_code=HTTPStatus.OK, responses=PAIR)
    async def request_pairing(self, connection_id: Id, work: Work, user: User) -> ConnectionView:
        require_admin(user)
        return await actions.request_pairing(work, connection_id)

    @post("/{connection_id:uuid}/pause", operation_id="pauseConnection", status_code=HTTPStatus.OK, responses=WRITE)
    async def pause_connection(self, connection_id: Id, work: Work, user: User, request: AnyRequest) -> ConnectionView:
        connection = await access_managed_connection(work, user, connection_id)
        return await declaring.set_paused(work, services_of(request).resources, connection, paused=True)

    @post("/{connection_id:uuid}/resume", operation_id="resumeConnection", status_code=HTTPStatus.OK, responses=WRITE)
    async def resume_connection(self, connection_id: Id, work: Work, user: User, request: AnyRequest) -> ConnectionView:
        connection = await access_managed_connection(work, user, connection_id)
        return await declaring.set_paused(work, services_of(request).resources, connection, paused=False)

    @delete(
        "/{connection_id:uuid}",
        operation_id="deleteConnection",
        status_code=HTTPStatus.NO_CONTENT,
        responses=WRITE,
    )
    async def delete_connection(self, connection_id: Id, work: Work, user: User, request: AnyRequest) -> None:
        connection = await access_managed_connection(work, user, connection_id)
        await declaring.delete(work, services_of(request).resources, connection)
