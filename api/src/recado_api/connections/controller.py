"""Connections: admins declare, pause and remove them; a declaration is the same resource that kubectl applies."""

from http import HTTPStatus
from uuid import UUID

from litestar import Controller, delete, get, post
from litestar.params import FromPath, JSONBody

from recado_api.connections.schemas import ConnectionList, ConnectionView, NewConnection, PairingView
from recado_api.http.problems import problems

READ = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
WRITE = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class ConnectionController(Controller):
    path = "/connections"

    @get("/", operation_id="listConnections", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def list_connections(self) -> ConnectionList:
        raise NotImplementedError

    @post("/", operation_id="createConnection", responses=problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN))
    async def create_connection(self, data: JSONBody[NewConnection]) -> ConnectionView:
        raise NotImplementedError

    @get("/{connection_id:uuid}", operation_id="getConnection", responses=READ)
    async def get_connection(self, connection_id: FromPath[UUID]) -> ConnectionView:
        raise NotImplementedError

    @get(
        "/{connection_id:uuid}/pairing",
        operation_id="getPairing",
        responses=problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
    )
    async def get_pairing(self, connection_id: FromPath[UUID]) -> PairingView:
        raise NotImplementedError

    @post("/{connection_id:uuid}/pause", operation_id="pauseConnection", status_code=HTTPStatus.OK, responses=WRITE)
    async def pause_connection(self, connection_id: FromPath[UUID]) -> ConnectionView:
        raise NotImplementedError

    @post("/{connection_id:uuid}/resume", operation_id="resumeConnection", status_code=HTTPStatus.OK, responses=WRITE)
    async def resume_connection(self, connection_id: FromPath[UUID]) -> ConnectionView:
        raise NotImplementedError

    @post("/{connection_id:uuid}/pairing", operation_id="requestPairing", status_code=HTTPStatus.OK, responses=WRITE)
    async def request_pairing(self, connection_id: FromPath[UUID]) -> ConnectionView:
        raise NotImplementedError

    @delete(
        "/{connection_id:uuid}",
        operation_id="deleteConnection",
        status_code=HTTPStatus.NO_CONTENT,
        responses=WRITE,
    )
    async def delete_connection(self, connection_id: FromPath[UUID]) -> None:
        raise NotImplementedError
