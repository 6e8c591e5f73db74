"""The log of events: what a browser asks when its socket missed something."""

from http import HTTPStatus
from typing import Annotated, cast

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from recado_api.events.access import visible_streams
from recado_api.events.schemas import EventsPage, Frame
from recado_api.http.problems import problems
from recado_domain.queues.queries import visible_queues
from recado_domain.streams.queries import events_since
from recado_domain.streams.rules import parse_cursor
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.views import UserView

Cursor = Annotated[str, QueryParameter(max_length=32_768, description="Seen so far: company=12,queue:<id>=5")]


class EventController(Controller):
    path = "/events"

    @get("/", operation_id="listEvents", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def list_events(
        self, cursor: Cursor, work: NamedDependency[UnitOfWork], user: NamedDependency[UserView]
    ) -> EventsPage:
        allowed = visible_streams(await visible_queues(work, user))
        missed = await events_since(work, parse_cursor(cursor), allowed)
        # Events go out as they were stored: what an older release wrote is never lost to a stricter reading of today.
        return EventsPage(cast("list[Frame]", missed.frames), missed.cursor, missed.reset)
