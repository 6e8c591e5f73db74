"""What granian's worker process calls. A module of its own: it takes seconds to load, and a refusal should not."""

from litestar.types import ASGIApp

from recado_api.app import create_app
from recado_api.connections.kubectl_only import KubectlOnlyResources
from recado_api.settings import ApiSettings
from recado_core import log


def create() -> ASGIApp:
    settings = ApiSettings.from_environment()
    log.configure(settings.observability, "api")
    return create_app(settings, KubectlOnlyResources())
