"""Health: alive is about the event loop alone; ready says which of database and Redis does not answer."""

from http import HTTPStatus
from typing import Any

from litestar import Controller, Request, get

from recado_api.health.checks import require_ready
from recado_api.health.schemas import Health
from recado_api.http.problems import problems
from recado_api.services import services_of


class HealthController(Controller):
    path = "/health"

    @get("/live", operation_id="getLive")
    async def get_live(self) -> Health:
        return Health(status="ok")

    @get("/ready", operation_id="getReady", responses=problems(HTTPStatus.SERVICE_UNAVAILABLE))
    async def get_ready(self, request: Request[Any, Any, Any]) -> Health:
        await require_ready(services_of(request))
        return Health(status="ok")
