"""Health: alive is about the event loop alone; ready says which of database and Redis does not answer."""

from http import HTTPStatus

from litestar import Controller, get

from recado_api.health.schemas import Health
from recado_api.http.problems import problems


class HealthController(Controller):
    path = "/health"

    @get("/live", operation_id="getLive")
    async def get_live(self) -> Health:
        return Health(status="ok")

    @get("/ready", operation_id="getReady", responses=problems(HTTPStatus.SERVICE_UNAVAILABLE))
    async def get_ready(self) -> Health:
        raise NotImplementedError
