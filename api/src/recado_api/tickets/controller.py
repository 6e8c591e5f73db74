"""Tickets: the list that agents work through, and taking, reading and closing one."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, QueryParameter

from recado_api.http.problems import problems
from recado_api.tickets.schemas import Assignee, TicketPage, TicketStatus, TicketView

READ = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND)
WRITE = problems(HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)


class TicketController(Controller):
    path = "/tickets"

    @get("/", operation_id="listTickets", responses=READ)
    async def list_tickets(
        self,
        status: FromQuery[TicketStatus | None] = None,
        queue_id: Annotated[UUID | None, QueryParameter(name="queueId")] = None,
        assignee: FromQuery[Assignee] = "all",
        limit: Annotated[int, QueryParameter(ge=1, le=100)] = 50,
        after: Annotated[str | None, QueryParameter(max_length=256, description="`next` of the page before.")] = None,
    ) -> TicketPage:
        raise NotImplementedError

    @get("/{ticket_id:uuid}", operation_id="getTicket", responses=READ)
    async def get_ticket(self, ticket_id: FromPath[UUID]) -> TicketView:
        raise NotImplementedError

    @post("/{ticket_id:uuid}/take", operation_id="takeTicket", status_code=HTTPStatus.OK, responses=WRITE)
    async def take_ticket(self, ticket_id: FromPath[UUID]) -> TicketView:
        raise NotImplementedError

    @post("/{ticket_id:uuid}/close", operation_id="closeTicket", status_code=HTTPStatus.OK, responses=WRITE)
    async def close_ticket(self, ticket_id: FromPath[UUID]) -> TicketView:
        raise NotImplementedError

    @post("/{ticket_id:uuid}/read", operation_id="readTicket", status_code=HTTPStatus.OK, responses=READ)
    async def read_ticket(self, ticket_id: FromPath[UUID]) -> TicketView:
        raise NotImplementedError
