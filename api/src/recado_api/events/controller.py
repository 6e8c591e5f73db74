"""The log of events: what a browser asks when its socket missed something."""

from http import HTTPStatus
from typing import Annotated

from litestar import Controller, get
from litestar.params import QueryParameter

from recado_api.events.schemas import EventsPage
from recado_api.http.problems import problems


class EventController(Controller):
    path = "/events"

    @get("/", operation_id="listEvents", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def list_events(
        self,
        cursor: Annotated[
            str,
            QueryParameter(max_length=4096, description="Seen so far: company=12,queue:<id>=5. Empty: only the heads."),
        ],
    ) -> EventsPage:
        raise NotImplementedError
