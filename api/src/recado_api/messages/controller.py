"""Messages of a ticket: pages around any place, and sending once whatever happens to the answer."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from recado_api.http.problems import problems
from recado_api.messages.schemas import MessagePage, NewMessage, QueuedMessage


class MessageController(Controller):
    path = "/tickets/{ticket_id:uuid}/messages"

    @get("/", operation_id="listMessages", responses=problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND))
    async def list_messages(
        self,
        ticket_id: FromPath[UUID],
        before: Annotated[int | None, QueryParameter(ge=0)] = None,
        after: Annotated[int | None, QueryParameter(ge=0)] = None,
        around: Annotated[int | None, QueryParameter(ge=0)] = None,
        limit: Annotated[int, QueryParameter(ge=1, le=100)] = 50,
    ) -> MessagePage:
        raise NotImplementedError

    @post(
        "/",
        operation_id="sendMessage",
        responses=problems(
            HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY
        ),
    )
    async def send_message(
        self,
        ticket_id: FromPath[UUID],
        data: JSONBody[NewMessage],
        key: Annotated[
            UUID, HeaderParameter(name="Idempotency-Key", description="The message's id, made by the browser.")
        ],
    ) -> QueuedMessage:
        raise NotImplementedError
