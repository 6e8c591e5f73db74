"""`python -m recado_local.web`: API, realtime and the built front end behind one address, as an ingress does it.

`create` is called by granian in its worker process, which must not outlive the server that started it.
"""

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import msgspec

from recado_api import server
from recado_api.app import create_app
from recado_api.settings import ApiSettings, WebSettings
from recado_core import log
from recado_core.errors import ConfigurationError
from recado_core.session_states import ExitCode
from recado_core.settings import ObservabilitySettings, Setting, load
from recado_local.embedded import child
from recado_local.layout import Layout
from recado_local.resources.folder import FolderResources
from recado_local.static_files import Receive, Scope, Send, StaticFiles

BACKEND_PATHS = ("/api/", "/socket.io/")


class LocalWebSettings(msgspec.Struct, frozen=True, kw_only=True):
    data: Annotated[str, Setting("RECADO_DATA_DIR", "Directory of this installation.")]
    frontend: Annotated[str, Setting("RECADO_FRONTEND_DIR", "Directory of the built front end.")]


class Web:
    """Sends each request to the API or to the static files; the process's start and end belong to the API."""

    def __init__(self, backend: Any, static: StaticFiles) -> None:
        self._backend = backend
        self._static = static

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        to_backend = scope["type"] != "http" or path.startswith(BACKEND_PATHS)
        await (self._backend if to_backend else self._static)(scope, receive, send)


def create() -> Web:
    child.die_with_parent(signal.SIGTERM)
    settings, local = ApiSettings.from_environment(), load(LocalWebSettings)
    log.configure(settings.observability, "api")
    backend = create_app(settings, FolderResources(Layout(Path(local.data)).resources))
    return Web(backend, StaticFiles(Path(local.frontend)))


def main() -> None:
    try:
        log.configure(load(ObservabilitySettings), "api")
        ApiSettings.from_environment()
        load(LocalWebSettings)
    except ConfigurationError as error:
        sys.stderr.write(f"{error.detail}\n")
        sys.exit(ExitCode.CONFIGURATION)
    server.serve("recado_local.web:create", load(WebSettings))


if __name__ == "__main__":
    main()
