"""What a real node's programs are told. Where a value differs from the default, the reason stands beside it."""

import json
from pathlib import Path
from typing import Any, NamedTuple

LAN = "10.88.0"
CONTROL_ADDRESS = f"{LAN}.1"
DNS_ADDRESS = CONTROL_ADDRESS
ALL_PODS = "10.88.0.0/16"
DOMAIN = "cluster.local"
PAUSE_IMAGE = "localhost/pause:1"
CNI_PLUGINS = "/usr/lib/cni"
KUBELET_PORT = 10250


class NodeLayout(NamedTuple):
    """Node `number` (1 … 99): its files, its address in the LAN of the cluster, and the addresses of its pods.

    What the programs keep is where they keep it everywhere, in /var/lib and /run, of which a machine has its own: paths
    of sockets may not be long.
    """

    name: str
    number: int
    directory: Path
    cgroup: str
    lease_seconds: int

    @property
    def address(self) -> str:
        return f"{LAN}.{10 + self.number}"

    @property
    def pods(self) -> str:
        return f"10.88.{100 + self.number}.0/24"

    @property
    def runtime_socket(self) -> Path:
        return Path("/run/containerd.sock")

    @property
    def kubeconfig(self) -> Path:
        return self.directory / "node.kubeconfig"

    @property
    def proxy_kubeconfig(self) -> Path:
        return self.directory / "proxy.kubeconfig"

    def file(self, name: str) -> Path:
        return self.directory / name


def containerd(layout: NodeLayout) -> str:
    """`restrict_oom_score_adj`: a container may not be asked to be spared more than we are ourselves."""
    runc = "plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc"
    return f"""\
version = 3
root = '/var/lib/containerd'
state = '/run/containerd'
[grpc]
address = '{layout.runtime_socket}'
[plugins.'io.containerd.cri.v1.images']
snapshotter = 'overlayfs'
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = '{PAUSE_IMAGE}'
[plugins.'io.containerd.cri.v1.runtime']
restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
bin_dirs = ['{CNI_PLUGINS}']
conf_dir = '{layout.file("cni")}'
[{runc}]
runtime_type = 'io.containerd.runc.v2'
[{runc}.options]
BinaryName = 'runc'
SystemdCgroup = false
"""


def pod_network(layout: NodeLayout) -> str:
    """A bridge, as the simplest of networks does it. Pods find all others by route: no masquerading."""
    ipam = {"type": "host-local", "ranges": [[{"subnet": layout.pods}]], "routes": [{"dst": "0.0.0.0/0"}]}
    bridge = {"type": "bridge", "bridge": "pods", "isGateway": True, "hairpinMode": True, "ipam": ipam}
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return json.dumps({"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge, ports]}, indent=1)


def kubelet(layout: NodeLayout) -> dict[str, Any]:
    """cgroup v1 still counts, and the disk belongs to somebody else: it is not for the kubelet to be strict about."""
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{layout.runtime_socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{layout.cgroup}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "enforceNodeAllocatable": [],
        "evictionHard": {"imagefs.available": "1%", "nodefs.available": "1%", "memory.available": "100Mi"},
        "imageGCHighThresholdPercent": 100,  # nothing can be pulled again
        "oomScoreAdj": 0,
        "address": layout.address,
        "port": KUBELET_PORT,
        "healthzPort": 0,
        "readOnlyPort": 0,
        "tlsCertFile": str(layout.file("kubelet.crt")),
        "tlsPrivateKeyFile": str(layout.file("kubelet.key")),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": False},
            "x509": {"clientCAFile": str(layout.file("ca.crt"))},
        },
        "authorization": {"mode": "AlwaysAllow"},  # only the API server has a certificate for it
        "clusterDNS": [DNS_ADDRESS],
        "clusterDomain": DOMAIN,
        "resolvConf": "",
        "nodeLeaseDurationSeconds": layout.lease_seconds,
        "nodeStatusUpdateFrequency": "2s",
        "syncFrequency": "10s",
        "serializeImagePulls": False,
        "makeIPTablesUtilChains": False,
        "volumePluginDir": "/var/lib/kubelet/volume-plugins",
    }


def kube_proxy(layout: NodeLayout) -> dict[str, Any]:
    """The settings of conntrack belong to the host; 0 leaves them alone."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clientConnection": {"kubeconfig": str(layout.proxy_kubeconfig)},
        "clusterCIDR": ALL_PODS,
        "hostnameOverride": layout.name,
        "oomScoreAdj": 0,
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "iptables": {"minSyncPeriod": "100ms"},
        "conntrack": {"maxPerCore": 0, "min": 0, "tcpCloseWaitTimeout": "0s", "tcpEstablishedTimeout": "0s"},
    }


def dns(kubeconfig: Path) -> str:
    """It knows the cluster and nobody else: there is no way out of it."""
    return f"""\
{DOMAIN}:53 in-addr.arpa:53 {{
  bind {DNS_ADDRESS}
  errors
  kubernetes {DOMAIN} in-addr.arpa {{
    kubeconfig {kubeconfig}
  }}
}}
"""
