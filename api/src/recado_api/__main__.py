"""`python -m recado_api`: the API, the realtime side or both, for clusters that declare with kubectl."""

import sys

from litestar.types import ASGIApp

from recado_api import server
from recado_api.app import create_app
from recado_api.connections.kubectl_only import KubectlOnlyResources
from recado_api.settings import ApiSettings
from recado_core import log
from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode


def application() -> ASGIApp:
    """What granian's worker process calls."""
    settings = ApiSettings.from_environment()
    log.configure(settings.observability, "api")
    return create_app(settings, KubectlOnlyResources())


def main() -> int:
    try:
        settings = ApiSettings.from_environment()
    except ConfigurationError as error:
        print(error.detail, file=sys.stderr)  # noqa: T201 - there is no log yet, and a person reads this
        return ExitCode.CONFIGURATION
    server.serve("recado_api.__main__:application", settings.web)
    return 0


if __name__ == "__main__":
    sys.exit(main())
