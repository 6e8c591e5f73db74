"""Fake nodes (KWOK): the scheduler, the API server and the operator are real, only the containers are not.

Thousands of pods become ready in moments, and a node can be lost as a real one is: its lease is no longer renewed,
the node controller notices, pods on it stay as they are until somebody acts.
"""

from pathlib import Path
from typing import Any, Self

from tests.cluster.components import Component
from tests.cluster.control_plane import ControlPlane
from tests.cluster.programs import program

ALIVE = "recado.dev/fake-node"
STAGES = Path(__file__).parent / "kwok" / "stages.yaml"
LEASE_SECONDS = 4
READY_SECONDS = 30.0


class KwokNodes:
    """Use as a context manager. The nodes are called `fake-0`, `fake-1` …"""

    def __init__(self, control: ControlPlane, count: int = 1, *, pods_per_node: int = 10000) -> None:
        self._control = control
        self._pods = str(pods_per_node)
        self.names = [f"fake-{index}" for index in range(count)]
        self.component = Component("kwok", self._command(), control.directory / "kwok.log")

    def __enter__(self) -> Self:
        for name in self.names:
            self._control.client.create("/api/v1/nodes", self._node(name))
        self.component.start()
        self.component.wait_until("fake nodes take pods", lambda: all(map(self._takes_pods, self.names)), READY_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self.component.kill()
        for name in self.names:
            self._control.client.delete(f"/api/v1/nodes/{name}")

    def lose(self, name: str) -> None:
        """The node falls silent. It is `NotReady` (Unknown) when the control plane's grace period is over."""
        self._label(name, None)

    def find(self, name: str) -> None:
        """The node is back, with the pods it had."""
        self._label(name, "alive")

    def ready(self, name: str) -> bool:
        return self.ready_status(name) == "True"

    def ready_status(self, name: str) -> str:
        """`True`, `False` or `Unknown`."""
        conditions = self._control.client.get(f"/api/v1/nodes/{name}")["status"].get("conditions", [])
        return next((str(each["status"]) for each in conditions if each["type"] == "Ready"), "Unknown")

    def _takes_pods(self, name: str) -> bool:
        """Ready, and the control plane has seen it: until then the node keeps the taint that it was born with."""
        return self.ready(name) and not self._control.client.get(f"/api/v1/nodes/{name}")["spec"].get("taints")

    def _label(self, name: str, value: str | None) -> None:
        self._control.client.merge(f"/api/v1/nodes/{name}", {"metadata": {"labels": {ALIVE: value}}})

    def _command(self) -> list[str]:
        return [
            program("kwok", "kwok"),
            f"--kubeconfig={self._control.layout.kubeconfig('fake-nodes')}",
            f"--config={STAGES}",
            f"--manage-nodes-with-label-selector={ALIVE}=alive",
            f"--node-lease-duration-seconds={LEASE_SECONDS}",
            "--v=WARN",
            "--cidr=10.0.0.1/12",
            "--node-ip=10.255.0.1",
        ]

    def _node(self, name: str) -> dict[str, Any]:
        capacity = {"cpu": "1000", "memory": "10Ti", "pods": self._pods}
        labels = {ALIVE: "alive", "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "type": "kwok"}
        return {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": labels},
            "status": {"allocatable": capacity, "capacity": capacity},
        }
