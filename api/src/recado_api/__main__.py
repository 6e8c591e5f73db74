"""`python -m recado_api`: the API, the realtime side or both (RECADO_API_ROLE).

In a cluster what is declared in the browser becomes a resource there; elsewhere connections are declared with kubectl.
"""

import os
import sys
from collections.abc import Mapping
from functools import partial

from litestar.types import ASGIApp

from recado_api import server
from recado_api.app import create_app
from recado_api.connections.kubectl_only import KubectlOnlyResources
from recado_api.settings import ApiSettings
from recado_core import log
from recado_core.errors import ConfigurationError
from recado_core.resources.metadata import WEB_MANAGER
from recado_core.resources.port import Resources
from recado_core.session_states import ExitCode
from recado_kubernetes.access import connect, own_namespace, reachable
from recado_kubernetes.resources import KubernetesResources


def application() -> ASGIApp:
    """What granian's worker process calls."""
    settings = ApiSettings.from_environment()
    log.configure(settings.observability, "api")
    return create_app(settings, declared_resources(settings.web.watch_namespaces, os.environ))


def declared_resources(namespaces: str, environ: Mapping[str, str]) -> Resources:
    """In the cluster that `environ` leads to, else nowhere."""
    if not reachable(environ):
        return KubectlOnlyResources()
    served = [part.strip() for part in namespaces.split(",") if part.strip()] or [own_namespace(environ)]
    return KubernetesResources(partial(connect, WEB_MANAGER, environ), served)


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
