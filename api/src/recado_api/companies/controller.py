"""The first request of a browser."""

from http import HTTPStatus

from litestar import Controller, get
from litestar.di import NamedDependency

from recado_api.companies.schemas import Bootstrap
from recado_api.events.access import visible_streams
from recado_api.http.problems import problems
from recado_domain.companies.queries import company_view
from recado_domain.connections.queries import list_connections
from recado_domain.queues.queries import visible_queues
from recado_domain.streams.queries import heads
from recado_domain.unit_of_work import UnitOfWork
from recado_domain.users.queries import list_users
from recado_domain.users.views import UserView


class BootstrapController(Controller):
    path = "/bootstrap"

    @get("/", operation_id="getBootstrap", responses=problems(HTTPStatus.UNAUTHORIZED))
    async def get_bootstrap(self, work: NamedDependency[UnitOfWork], user: NamedDependency[UserView]) -> Bootstrap:
        queues = await visible_queues(work, user)
        # Heads first: what happens while the rest is read comes again as an event, and applying it twice does no harm.
        cursor = await heads(work, visible_streams(queues))
        return Bootstrap(
            me=user,
            company=await company_view(work),
            users=await list_users(work),
            queues=queues,
            connections=await list_connections(work),
            cursor=cursor,
        )
