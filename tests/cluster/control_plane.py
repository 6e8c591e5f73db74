"""A real control plane: etcd, API server, controllers and scheduler as child processes, ready in seconds.

No container runtime, no root, nothing outside its directory and loopback. Every part can be killed, held and started
again on the same data, and all of them end with the test, even when that is killed.
"""

import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.cluster import settings
from tests.cluster.certificates import Authority, signing_key
from tests.cluster.client import KubernetesClient
from tests.cluster.components import Component, Here, Place
from tests.cluster.fault_proxy.proxy import FaultProxy
from tests.cluster.kubeconfigs import Access
from tests.cluster.ports import free_ports
from tests.cluster.programs import program
from tests.cluster.started import Started

START_SECONDS = 120.0
KUBECTL_SECONDS = 120
TOKEN_SECONDS = 3600
USERS: Mapping[str, str] = {
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
    "fake-nodes": "system:masters",
}
"""Who may sign in with a token that the API server was given at its start, and their group."""


class Site(NamedTuple):
    """Where the control plane runs, at which address the API server listens there, and where tests reach it."""

    place: Place
    address: str
    server: str = ""


class ControlPlane(Started):
    """Use as a context manager. `directory` keeps the cluster's data; without one it is temporary.

    `users` may sign in besides our own.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        users: Mapping[str, str] | None = None,
        site: Site | None = None,
        node_grace_seconds: int = 10,
    ) -> None:
        self._temporary = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="recado-cluster-"))
        self._site = site or Site(Here(), settings.LOOPBACK)
        self.layout = settings.Layout(self.directory, self._site.address, node_grace_seconds, *free_ports())
        self.server = self._site.server or self.layout.server
        self._groups = {**USERS, **(users or {})}
        self._tokens = {user: secrets.token_urlsafe(32) for user in self._groups}
        self.layout.certificates.mkdir(mode=0o700, parents=True)
        self.authority = Authority(self.layout.certificates)
        self._prepare()
        self._serving = threading.Event()
        self.etcd = self._component("etcd", settings.etcd(self.layout))
        self.api_server = self._component("kube-apiserver", settings.api_server(self.layout))
        self.controllers = self._component("kube-controller-manager", settings.controllers(self.layout))
        self.scheduler = self._component("kube-scheduler", settings.scheduler(self.layout))
        self.admin = self.access("admin")
        self.client = KubernetesClient(self.admin)

    @property
    def components(self) -> tuple[Component, ...]:
        return self.etcd, self.api_server, self.controllers, self.scheduler

    def start(self) -> None:
        """Returns when the API server is ready and the controllers work."""
        self.etcd.start()
        self.api_server.start()
        self.wait_ready()
        self.controllers.start()  # not before: they do not wait long for an API server
        self.scheduler.start()
        account = "/api/v1/namespaces/default/serviceaccounts/default"
        self.controllers.wait_until("a ServiceAccount was made", lambda: not self.client.absent(account), START_SECONDS)

    def stop(self) -> None:
        """There is nothing worth an orderly end: etcd keeps what it has answered."""
        self.client.close()
        for component in reversed(self.components):
            component.kill()
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def wait_ready(self) -> None:
        self.api_server.wait_until("the API server is ready", self.client.ready, START_SECONDS)
        self._serving.set()

    def restart_api_server(self) -> float:
        """SIGKILL and a new start on the same data. Answers the seconds until it was ready again."""
        began = time.monotonic()
        self._serving.clear()
        self.api_server.kill()
        self.api_server.start()
        self.wait_ready()
        return time.monotonic() - began

    def access(self, user: str) -> Access:
        """As tests reach the API server."""
        return Access(self.server, self._tokens[user], self.authority.certificate_file)

    def inner_access(self, user: str) -> Access:
        """As the cluster's own programs reach it, from the same place."""
        return self.access(user)._replace(server=self.layout.server)

    def service_account(self, namespace: str, name: str, *, seconds: int = TOKEN_SECONDS) -> Access:
        """What a pod of that ServiceAccount may do, nothing more (TokenRequest)."""
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": seconds},
        }
        made = self.client.create(f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token", request)
        return self.admin._replace(token=made["status"]["token"])

    def fault_proxy(self) -> FaultProxy:
        """A proxy in front of the API server; enter it, then give its `url` to whom it shall trouble.

        It lets nobody through to one that has been restarted and is not ready yet, as the balancer before any API
        server: that listens before it has read its Roles, and forbids everything until then.
        """
        users = {token: user for user, token in self._tokens.items()}
        return FaultProxy(self.server, self.layout.certificates, users, serves=self._serving.is_set)

    def kubectl(self, *arguments: str, given: str | None = None, access: Access | None = None) -> str:
        """Runs kubectl as the admin (or as `access`) and answers what it printed; `given` is its input."""
        done = self.run_kubectl(*arguments, given=given, access=access)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def run_kubectl(
        self, *arguments: str, given: str | None = None, access: Access | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The same for tests of what is refused: does not look at the exit code."""
        kubeconfig = self.kubeconfig(access or self.admin)
        command = [program("control", "kubectl"), f"--kubeconfig={kubeconfig}", *arguments]
        return subprocess.run(  # noqa: S603
            command, input=given, capture_output=True, text=True, check=False, timeout=KUBECTL_SECONDS
        )

    def kubeconfig(self, access: Access, namespace: str = "default") -> Path:
        """A file for programs that want one; the same file for the same access."""
        name = f"{abs(hash((access, namespace))):x}"
        path = self.directory / f"{name}.kubeconfig"
        return path if path.exists() else access.write(path, namespace)

    def _component(self, name: str, flags: list[str]) -> Component:
        return Component(name, [program("control", name), *flags], self.directory / f"{name}.log", self._site.place)

    def _prepare(self) -> None:
        hosts = ["localhost", settings.LOOPBACK, self.layout.address, settings.FIRST_SERVICE, "kubernetes.default.svc"]
        self.authority.serving("api-server", hosts)
        self.authority.client("kubelet-client", "kube-apiserver-kubelet-client", "system:masters")
        signing_key(self.layout.signing_key)
        self.layout.tokens.touch(mode=0o600)
        lines = [f'{token},{user},{user},"{self._groups[user]}"' for user, token in self._tokens.items()]
        self.layout.tokens.write_text("\n".join(lines) + "\n")
        for user in USERS:
            self.inner_access(user).write(self.layout.kubeconfig(user))
