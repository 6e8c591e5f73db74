"""A whole cluster with real nodes on this machine: control plane, DNS and nodes, each on a machine of its own.

```
 test ── 127.0.0.1:port ── relay ──► control (10.88.0.1: API server, DNS; bridge `lan`)
                                       ├── node-1 (10.88.0.11; pods 10.88.101.0/24)
                                       └── node-2 (10.88.0.12; pods 10.88.102.0/24)
```
There is no way out: pods reach the cluster and nothing else. Needs root, and Debian's runc, CNI plugins and iptables.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.cluster import machine, node, node_settings
from tests.cluster.components import Component
from tests.cluster.control_plane import ControlPlane, Site
from tests.cluster.machine import Machine
from tests.cluster.node import RealNode
from tests.cluster.node_settings import CONTROL_ADDRESS
from tests.cluster.ports import free_ports
from tests.cluster.programs import ROOT, program
from tests.cluster.started import Started

from recado_local.ports import free

RELAY_SECONDS = 20.0


class RealCluster(Started):
    """Use as a context manager."""

    def __init__(
        self, nodes: int = 1, directory: Path | None = None, *, spares: int = 0, node_grace_seconds: int = 10
    ) -> None:
        """`spares` are further nodes that wait for somebody to start them."""
        require()
        self._temporary = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="recado-cluster-"))
        self._relays: list[Component] = []
        self.machine = Machine("control", self.directory / "control")
        numbers = range(1, nodes + spares + 1)
        users = {node.user(f"node-{number}"): "system:nodes" for number in numbers}
        users |= {"system:kube-proxy": "", "dns": "system:masters"}
        port = free_ports()[0]
        self.control = ControlPlane(
            self.directory / "control",
            users=users,
            site=Site(self.machine, CONTROL_ADDRESS, f"https://127.0.0.1:{port}"),
            node_grace_seconds=node_grace_seconds,
        )
        self._port = port
        self.dns = self._dns()
        every = [RealNode(self.control, self.machine, number) for number in numbers]
        self.nodes, self.spares = every[:nodes], every[nodes:]

    def start(self) -> None:
        """Returns when all nodes are ready."""
        self.machine.start()
        ip = self.machine.configure_network
        ip("link", "add", "lan", "type", "bridge")
        ip("address", "add", f"{CONTROL_ADDRESS}/24", "dev", "lan")
        ip("link", "set", "lan", "up")
        self._relay(self.machine, self._port, CONTROL_ADDRESS, self.control.layout.api_port)
        self.control.start()
        self.dns.start()
        for each in self.nodes:
            each.start()

    def stop(self) -> None:
        for each in (*self.nodes, *self.spares):
            each.stop()
        for component in (*self._relays, self.dns):
            component.kill()
        self.control.stop()
        self.machine.stop()
        if self._temporary:
            shutil.rmtree(self.directory, ignore_errors=True)

    def forward(self, host: str, port: int, own: int = 0) -> str:
        """An address on this machine's loopback (`127.0.0.1:port`) behind which is a Service's or a pod's; `own` is its
        port, any free one without it.
        """
        own = own or free_ports()[0]
        self._relay(self.nodes[0].machine, own, host, port)
        return f"127.0.0.1:{own}"

    def import_image(self, archive: Path) -> None:
        """To all nodes but spares."""
        for each in self.nodes:
            each.import_image(archive)

    def _relay(self, place: Machine, own: int, host: str, port: int) -> None:
        command = [sys.executable, str(ROOT / "tests/cluster/relay.py"), place.network, str(own), host, str(port)]
        relay = Component(f"relay to {host}:{port}", command, self.directory / "relays.log")
        relay.start()
        self._relays.append(relay)
        relay.wait_until("the door is open", lambda: _listens(own), RELAY_SECONDS)

    def _dns(self) -> Component:
        kubeconfig = self.control.inner_access("dns").write(self.directory / "dns.kubeconfig")
        corefile = self.directory / "Corefile"
        corefile.write_text(node_settings.dns(kubeconfig))
        command = [program("dns", "coredns"), "-conf", str(corefile)]
        return Component("coredns", command, self.directory / "coredns.log", self.machine)


def require() -> None:
    """Raises RuntimeError that says why there can be no real node here, and what to do."""
    machine.require(machine.TOOLS | node.TOOLS)
    if not Path(node_settings.CNI_PLUGINS, "bridge").exists():
        raise RuntimeError(
            "A real node needs the CNI plugins. Install them: apt-get install containernetworking-plugins"
        )


def _listens(port: int) -> bool:
    return not free(port)
