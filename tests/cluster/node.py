"""A real node: kubelet, containerd, runc and kube-proxy on a machine of its own, running real containers.

A node can be hurt as nodes are: its kubelet stops (containers go on, nobody watches them), it is drained, its network
is cut (both sides go on and cannot see each other), its power fails (everything is gone at once).
"""

import contextlib
import json
from pathlib import Path
from typing import Any

from tests.cluster import node_images, node_settings
from tests.cluster.cgroups import Group
from tests.cluster.components import Component
from tests.cluster.control_plane import ControlPlane
from tests.cluster.machine import Machine
from tests.cluster.node_settings import LAN, NodeLayout
from tests.cluster.programs import program

START_SECONDS = 90.0
DRAIN_SECONDS = 60
TOOLS = {"runc": "runc", "iptables": "iptables"}
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
LINK = "uplink"


def user(name: str) -> str:
    return f"system:node:{name}"


class RealNode:
    """`start` it when the control plane is ready. `lan` is the machine whose bridge joins the nodes."""

    def __init__(self, control: ControlPlane, lan: Machine, index: int = 1, *, lease_seconds: int = 4) -> None:
        self.control = control
        self._lan = lan
        directory = control.directory / f"node-{index}"
        self._group = Group(f"node-{index}")
        self.layout = NodeLayout(f"node-{index}", index, directory, self._group.name, lease_seconds)
        self.name = self.layout.name
        self.machine = Machine(self.name, directory)
        self.containerd = self._component("runtime", "containerd", f"--config={self.layout.file('containerd.toml')}")
        self.kubelet = self._component("node", "kubelet", *self._kubelet_flags())
        self.kube_proxy = self._component("node", "kube-proxy", f"--config={self.layout.file('kube-proxy.json')}")

    # Its life.

    def start(self) -> None:
        """Returns when the API server calls the node ready."""
        self._write_settings()
        self._group.make()
        self.machine.start()
        self._connect()
        self.containerd.start()
        self.containerd.wait_until("the container runtime answers", self._runtime_answers, START_SECONDS)
        for archive in node_images.built_in(self.layout.directory):
            self.import_image(archive)
        self.kubelet.start()
        self.kube_proxy.start()
        self.wait_ready()

    def stop(self) -> None:
        """Its power fails. Everything on it is gone, and so are its cgroups; its images stay for the next start."""
        with contextlib.suppress(AssertionError):  # it never came so far
            self._lan.configure_network("link", "delete", self._port)  # both ends, before the name is needed again
        self.machine.stop()
        for component in (self.kube_proxy, self.kubelet, self.containerd):
            component.kill()
        self._group.remove()

    def wait_ready(self) -> None:
        self.kubelet.wait_until(f"{self.name} is ready", lambda: self.ready_status() == "True", START_SECONDS)

    def ready_status(self) -> str:
        """`True`, `False`, `Unknown`; empty while the API server does not know the node."""
        path = f"/api/v1/nodes/{self.name}"
        if self.control.client.absent(path):
            return ""
        conditions = self.control.client.get(path)["status"]["conditions"]
        return next((str(each["status"]) for each in conditions if each["type"] == "Ready"), "")

    # What may happen to it.

    def stop_kubelet(self) -> None:
        """Containers go on; the control plane hears nothing of the node any more."""
        self.kubelet.kill()

    def start_kubelet(self) -> None:
        self.kubelet.start()
        self.wait_ready()

    def cut_network(self) -> None:
        """Nothing comes in and nothing goes out; what runs goes on."""
        self.machine.configure_network("link", "set", LINK, "down")

    def join_network(self) -> None:
        self.machine.configure_network("link", "set", LINK, "up")
        self._route()

    def drain(self) -> None:
        """Evicts its pods, as an administrator does before maintenance; keeps new ones away until `uncordon`."""
        options = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", f"--timeout={DRAIN_SECONDS}s")
        self.control.kubectl("drain", self.name, *options)

    def uncordon(self) -> None:
        self.control.kubectl("uncordon", self.name)

    # What is on it.

    def import_image(self, archive: Path) -> None:
        """A Docker or OCI archive; pods find it under the names in it, with `imagePullPolicy: IfNotPresent`."""
        self._ctr("images", "import", "--all-platforms=false", str(archive))

    def tag_image(self, image: str, further: str) -> None:
        """A second name for an image that is there."""
        self._ctr("images", "tag", image, further)

    def kill_containers(self, pod: str) -> int:
        """SIGKILL to the first process of each running container of the pods of that name; how many those were."""
        found = [each for each in self.containers() if each["Labels"]["io.kubernetes.pod.name"] == pod]
        for each in found:
            self._ctr("tasks", "kill", "--signal=SIGKILL", each["ID"])
        return len(found)

    def containers(self) -> list[dict[str, Any]]:
        """What runs on it according to the container runtime: what is true, whatever the API server believes."""
        tasks = self._ctr("tasks", "list").splitlines()[1:]
        running = {line.split()[0] for line in tasks if line.split()[2] == "RUNNING"}
        found = [self._container(name) for name in running]
        return [each for each in found if each["Labels"].get("io.cri-containerd.kind") == "container"]

    def _container(self, name: str) -> dict[str, Any]:
        described: dict[str, Any] = json.loads(self._ctr("containers", "info", name))
        return described

    def _ctr(self, *arguments: str) -> str:
        command = (program("runtime", "ctr"), f"--address={self.layout.runtime_socket}", "--namespace=k8s.io")
        return self.machine.run(*command, *arguments)

    # How it is put together.

    def _component(self, group: str, name: str, *flags: str) -> Component:
        folder = Path(program(group, name)).parent
        command = ["env", f"PATH={folder}:{PATH}", program(group, name), *flags]
        return Component(name, command, self.layout.directory / f"{name}.log", self.machine)

    def _kubelet_flags(self) -> list[str]:
        return [
            f"--config={self.layout.file('kubelet.json')}",
            f"--kubeconfig={self.layout.kubeconfig}",
            f"--hostname-override={self.name}",
            f"--node-ip={self.layout.address}",
        ]

    def _write_settings(self) -> None:
        layout, control = self.layout, self.control
        layout.file("cni").mkdir(exist_ok=True)
        layout.file("cni").joinpath("10-pods.conflist").write_text(node_settings.pod_network(layout))
        layout.file("containerd.toml").write_text(node_settings.containerd(layout))
        layout.file("kubelet.json").write_text(json.dumps(node_settings.kubelet(layout), indent=1))
        layout.file("kube-proxy.json").write_text(json.dumps(node_settings.kube_proxy(layout), indent=1))
        control.inner_access(user(self.name)).write(layout.kubeconfig)
        control.inner_access("system:kube-proxy").write(layout.proxy_kubeconfig)
        layout.file("ca.crt").write_bytes(control.authority.certificate_file.read_bytes())
        certificate, key = control.authority.serving(self.name, [self.name, layout.address])
        certificate.rename(layout.file("kubelet.crt"))
        key.rename(layout.file("kubelet.key"))

    def _connect(self) -> None:
        """A cable from the node to the bridge of the LAN. Both ends are in namespaces; the host sees neither."""
        port = self._port
        ip = self.machine.configure_network
        ip("link", "add", LINK, "type", "veth", "peer", "name", port, "netns", str(self._lan.init))
        ip("address", "add", f"{self.layout.address}/24", "dev", LINK)
        ip("link", "set", LINK, "up")
        self._lan.configure_network("link", "set", port, "master", "lan", "up")
        self._lan.configure_network("route", "replace", self.layout.pods, "via", self.layout.address)
        self._route()

    @property
    def _port(self) -> str:
        """The node's place in the bridge of the LAN."""
        return f"port-{self.layout.number}"

    def _route(self) -> None:
        self.machine.configure_network("route", "replace", "default", "via", f"{LAN}.1")

    def _runtime_answers(self) -> bool:
        try:
            self._ctr("version")
        except AssertionError:
            return False
        return True
