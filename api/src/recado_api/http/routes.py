"""Every route of the API, under /api. Whatever stands under `SIGNED_IN` needs a token; the few others are listed."""

from litestar import Controller, Router

from recado_api.auth.controller import AuthController
from recado_api.auth.guard import require_token
from recado_api.companies.controller import BootstrapController
from recado_api.connections.controller import ConnectionController
from recado_api.events.controller import EventController
from recado_api.health.controller import HealthController
from recado_api.http import dependencies
from recado_api.http.openapi import BEARER
from recado_api.messages.controller import MessageController
from recado_api.tickets.controller import TicketController
from recado_api.users.controller import MeController

PUBLIC: tuple[type[Controller], ...] = (AuthController, HealthController)
SIGNED_IN: tuple[type[Controller], ...] = (
    MeController,
    BootstrapController,
    ConnectionController,
    TicketController,
    MessageController,
    EventController,
)


def health_router() -> Router:
    """All that a process of the realtime side answers under /api."""
    return Router(path="/api", route_handlers=[_tagged(HealthController)])


def api_router() -> Router:
    signed_in = Router(
        path="/",
        route_handlers=[_tagged(noun) for noun in SIGNED_IN],
        security=[{BEARER: []}],
        guards=[require_token],
        dependencies=dependencies.SIGNED_IN,
    )
    return Router(path="/api", route_handlers=[*[_tagged(noun) for noun in PUBLIC], signed_in])


def _tagged(controller: type[Controller]) -> Router:
    """Operations are grouped by the folder of their noun."""
    return Router(path="/", route_handlers=[controller], tags=[controller.__module__.split(".")[1]])
