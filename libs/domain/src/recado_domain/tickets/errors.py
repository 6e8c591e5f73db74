from http import HTTPStatus

from recado_core.errors import RecadoError


class TicketTakenError(RecadoError):
    """`extra["winner"]` is the UserView of whoever was faster."""

    code = "ticket_taken"
    status = HTTPStatus.CONFLICT
    title = "Somebody else took this ticket"


class TicketClosedError(RecadoError):
    code = "ticket_closed"
    status = HTTPStatus.CONFLICT
    title = "This ticket is closed"
