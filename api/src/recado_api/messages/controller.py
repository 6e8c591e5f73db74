"""Messages of a ticket: pages around any place, and sending once whatever happens to the answer."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from recado_api.http.problems import problems
from recado_api.messages.errors import OnePlaceError
from recado_api.messages.schemas import MessagePage, NewMessage, QueuedMessage
from recado_api.tickets.access import access_ticket
from recado_domain.messages.actions import TextToSend, send
from recado_domain.messages.queries import PageWanted, list_messages
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView

Work = NamedDependency[UnitOfWork]
User = NamedDependency[UserView]
Place = Annotated[int | None, QueryParameter(ge=0, le=2**53, description="A `seq`; at most one of the three places.")]
Key = Annotated[UUID, HeaderParameter(name="Idempotency-Key", description="The message's id, made by the browser.")]
SENDING = (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)


class MessageController(Controller):
    path = "/tickets/{ticket_id:uuid}/messages"

    @get("/", operation_id="listMessages", responses=problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND))
    async def list_messages(  # noqa: PLR0913 - each is a parameter of the route
        self,
        ticket_id: FromPath[UUID],
        work: Work,
        user: User,
        *,
        before: Place = None,
        after: Place = None,
        around: Place = None,
        limit: Annotated[int, QueryParameter(ge=1, le=100)] = 50,
    ) -> MessagePage:
        if sum(place is not None for place in (before, after, around)) > 1:
            raise OnePlaceError
        await access_ticket(work, user, ticket_id)
        wanted = PageWanted(limit=limit, before=before, after=after, around=around)
        page = await list_messages(work, ticket_id, wanted)
        return MessagePage(page.items, page.has_before, page.has_after)

    @post("/", operation_id="sendMessage", responses=problems(*SENDING))
    async def send_message(
        self, ticket_id: FromPath[UUID], data: JSONBody[NewMessage], idempotency_key: Key, work: Work, user: User
    ) -> QueuedMessage:
        await access_ticket(work, user, ticket_id)
        wanted = TextToSend(id=idempotency_key, ticket_id=ticket_id, sender_user_id=user.id, text=data.text)
        answer = await send(work, wanted)
        return QueuedMessage(answer.message, answer.delivery)
