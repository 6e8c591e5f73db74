"""What granian's worker process calls. A module of its own: it takes seconds to load, and a refusal should not.

In a cluster what is declared in the browser becomes a resource there; elsewhere connections are declared with kubectl.
"""

import os
from collections.abc import Mapping
from functools import partial

from litestar.types import ASGIApp

from recado_api.app import create_app
from recado_api.connections.kubectl_only import KubectlOnlyResources
from recado_api.settings import ApiSettings
from recado_core import log
from recado_core.resources.metadata import WEB_MANAGER
from recado_core.resources.port import Resources
from recado_kubernetes.access import connect, own_namespace, reachable
from recado_kubernetes.resources import KubernetesResources


def create() -> ASGIApp:
    settings = ApiSettings.from_environment()
    log.configure(settings.observability, "api")
    return create_app(settings, declared_resources(settings.web.watch_namespaces, os.environ))


def declared_resources(namespaces: str, environ: Mapping[str, str]) -> Resources:
    """In the cluster that `environ` leads to, else nowhere."""
    if not reachable(environ):
        return KubectlOnlyResources()
    served = [part.strip() for part in namespaces.split(",") if part.strip()] or [own_namespace(environ)]
    return KubernetesResources(partial(connect, WEB_MANAGER, environ), served)
