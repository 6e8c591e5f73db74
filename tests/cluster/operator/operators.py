"""The operator as a process of its own, with the token of its ServiceAccount and nothing else."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Self

import httpx
from tests.cluster.operator import rights
from tests.cluster.operator.office import Office
from tests.cluster.ports import free_ports
from tests.cluster.waiting import wait_for

from recado_local.embedded import child

STOP_SECONDS = 20
TAIL = 4000


class Operator:
    """Use as a context manager. `server` is another way to the API server, through a proxy say; with `sabotage` one of
    its guarantees is switched off.
    """

    def __init__(  # noqa: PLR0913 - where it works, and how this one differs from others
        self,
        office: Office,
        directory: Path,
        redis_uri: str,
        *,
        identity: str = "a",
        server: str = "",
        sabotage: str = "",
        **settings: str,
    ) -> None:
        self.office = office
        self.identity = identity
        access = office.control.service_account(office.namespace, rights.ACCOUNT)
        if server:
            access = access._replace(server=server)
        kubeconfig = access.write(directory / f"operator-{identity}.kubeconfig", office.namespace)
        self._module = ("tests.cluster.operator.sabotage", sabotage) if sabotage else ("recado_operator",)
        self.port = free_ports()[0]
        self.log = directory / f"operator-{identity}-{self.port}.log"
        database = office.database.operator
        self._environ = {
            **os.environ,
            "KUBECONFIG": str(kubeconfig),
            "DB_HOST": database.host,
            "DB_PORT": str(database.port),
            "DB_USER": database.user,
            "DB_PASS": database.password,
            "DB_NAME": database.name,
            "REDIS_URI": redis_uri,
            "RECADO_OPERATOR_IDENTITY": identity,
            "RECADO_METRICS_PORT": str(self.port),
            "RECADO_SESSION_CATALOGUE": '{"1.0": "recado-session:1.0", "1.1": "recado-session:1.1"}',
            "RECADO_SESSION_STABLE": "1.0",
            "RECADO_SESSION_CANARY": "1.1",
            "RECADO_CREATE_PER_SECOND": "1000",
            "RECADO_CREATE_BURST": "1000",
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.kill()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        self._process = child.spawn((sys.executable, "-m", *self._module), log=self.log, environ=self._environ)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; answers the exit code."""
        return self._signal(signal.SIGTERM)

    def _signal(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return self._process.wait(STOP_SECONDS)

    def page(self, name: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}/{name}", timeout=5)

    def answers(self, name: str) -> bool:
        try:
            return self.page(name).is_success
        except httpx.TransportError:
            return False

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-TAIL:]

    def metric(self, name: str) -> float:
        """The sum over all labels."""
        lines = [line for line in self.page("metrics").text.splitlines() if line.startswith((f"{name} ", f"{name}{{"))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def leads(self) -> bool:
        """It works: it holds the lease and has listed the world."""
        try:
            return self.metric("recado_leader") == 1 and self.answers("readyz")
        except httpx.TransportError:
            return False

    def wait_ready(self) -> None:
        def leads() -> bool:
            assert self.running, self.log_tail()
            return self.leads()

        wait_for(f"operator {self.identity} leads", leads, 60)
