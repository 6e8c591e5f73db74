"""Tickets: the list that agents work through, and taking, reading and closing one."""

from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from recado_api.http.problems import problems
from recado_api.tickets.access import access_ticket, visible_queue_ids
from recado_api.tickets.schemas import Assignee, TicketPage
from recado_domain.tickets import actions
from recado_domain.tickets.queries import TicketFilter, list_tickets
from recado_domain.tickets.views import TicketStatus, TicketView
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView

READ = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
WRITE = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)

Work = NamedDependency[UnitOfWork]
User = NamedDependency[UserView]
TicketId = FromPath[UUID]
After = Annotated[str | None, QueryParameter(max_length=256, description="`next` of the page before.")]


class TicketController(Controller):
    path = "/tickets"

    @get("/", operation_id="listTickets", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def list_tickets(  # noqa: PLR0913 - each is a parameter of the route
        self,
        work: Work,
        user: User,
        *,
        status: FromQuery[TicketStatus | None] = None,
        queue_id: Annotated[UUID | None, QueryParameter(name="queueId")] = None,
        assignee: FromQuery[Assignee] = "all",
        limit: Annotated[int, QueryParameter(ge=1, le=100)] = 50,
        after: After = None,
    ) -> TicketPage:
        wanted = TicketFilter(
            queue_ids=await visible_queue_ids(work, user, queue_id),
            status=status,
            assignee=_assignee(assignee, user),
        )
        page = await list_tickets(work, wanted, limit=limit, after=after)
        return TicketPage(page.items, page.next)

    @get("/{ticket_id:uuid}", operation_id="getTicket", responses=READ)
    async def get_ticket(self, ticket_id: TicketId, work: Work, user: User) -> TicketView:
        return await access_ticket(work, user, ticket_id)

    @post("/{ticket_id:uuid}/take", operation_id="takeTicket", status_code=HTTPStatus.OK, responses=WRITE)
    async def take_ticket(self, ticket_id: TicketId, work: Work, user: User) -> TicketView:
        await access_ticket(work, user, ticket_id)
        return await actions.take(work, ticket_id, user.id)

    @post("/{ticket_id:uuid}/close", operation_id="closeTicket", status_code=HTTPStatus.OK, responses=READ)
    async def close_ticket(self, ticket_id: TicketId, work: Work, user: User) -> TicketView:
        await access_ticket(work, user, ticket_id)
        return await actions.close(work, ticket_id)

    @post("/{ticket_id:uuid}/read", operation_id="readTicket", status_code=HTTPStatus.OK, responses=READ)
    async def read_ticket(self, ticket_id: TicketId, work: Work, user: User) -> TicketView:
        await access_ticket(work, user, ticket_id)
        return await actions.mark_read(work, ticket_id)


def _assignee(asked: Assignee, user: UserView) -> UUID | Literal["none"] | None:
    if asked == "me":
        return user.id
    return "none" if asked == "none" else None
