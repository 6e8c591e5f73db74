"""The processes of one local installation: how each is started, and how one sees that it is ready."""

import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import msgspec

from recado_local.embedded import child
from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis
from recado_local.environment import Environment, Simulator
from recado_local.layout import Layout
from recado_local.supervisor import Part

PROBE_SECONDS = 2.0
OPERATOR_GRACE = 30.0


def postgres(server: EmbeddedPostgres) -> Part:
    return Part(name="postgres", spawn=server.spawn, ready=server.answers, stop_signal=signal.SIGINT, grace=20.0)


def redis(server: EmbeddedRedis) -> Part:
    return Part(name="redis", spawn=server.spawn, ready=server.answers)


def simulator(layout: Layout, port: int) -> Part:
    command = _python("recado_simulator", "--port", str(port), "--data-dir", str(layout.simulator))
    line = simulator_line(layout)
    return Part(
        name="simulator",
        spawn=lambda: child.spawn(command, log=layout.log("simulator"), output=line),
        ready=lambda: read_simulator(layout) is not None,
    )


def simulator_line(layout: Layout) -> Path:
    return layout.simulator / "ready.json"


def read_simulator(layout: Layout) -> Simulator | None:
    """What the running simulator said; None while it has not said it."""
    try:
        said = simulator_line(layout).read_bytes()
    except FileNotFoundError:
        return None
    return msgspec.json.decode(said, type=Simulator) if said.endswith(b"\n") else None


def api(layout: Layout, environment: Environment, url: str, port: int) -> Part:
    environ = environment.api(url, port, str(frontend_directory()))
    return Part(
        name="api",
        spawn=lambda: child.spawn(_python("recado_local.web"), log=layout.log("api"), environ=environ),
        ready=lambda: _answers(f"{url}/api/health/ready"),
    )


def worker(layout: Layout, environment: Environment) -> Part:
    environ = environment.worker()
    return Part(
        name="worker",
        spawn=lambda: child.spawn(_python("recado_worker"), log=layout.log("worker"), environ=environ),
        ready=lambda: True,
        grace=20.0,
    )


def operator(layout: Layout, environment: Environment, *, simulated: bool) -> Part:
    """Reads at each start where the simulator is now."""
    layout.session_pids.unlink(missing_ok=True)
    return Part(
        name="operator",
        spawn=lambda: child.spawn(
            _python("recado_local.operator"),
            log=layout.log("operator"),
            environ=environment.operator(read_simulator(layout) if simulated else None),
        ),
        ready=layout.session_pids.exists,
        grace=OPERATOR_GRACE,
    )


def frontend_directory() -> Path:
    """RECADO_FRONTEND_DIR when set, else what `make setup` built in this checkout."""
    chosen = os.environ.get("RECADO_FRONTEND_DIR")
    return Path(chosen) if chosen else Path(__file__).parents[3] / "frontend" / "dist"


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (OSError, urllib.error.URLError):
        return False
