"""The flags of the control plane's programs.

Nearly all of them are the defaults: what passes here must pass on a cluster that somebody else runs. The exceptions
are written down where they stand.
"""

from pathlib import Path
from typing import NamedTuple

SERVICES = "10.96.0.0/16"
FIRST_SERVICE = "10.96.0.1"
"""The address of `kubernetes.default.svc`."""
ISSUER = "https://kubernetes.default.svc"
LOOPBACK = "127.0.0.1"


class Layout(NamedTuple):
    """Where a control plane keeps its files, and where it listens."""

    directory: Path
    address: str
    node_grace_seconds: int
    api_port: int
    etcd_port: int
    etcd_peer_port: int

    @property
    def server(self) -> str:
        return f"https://{self.address}:{self.api_port}"

    @property
    def certificates(self) -> Path:
        return self.directory / "certificates"

    @property
    def signing_key(self) -> Path:
        return self.certificates / "service-accounts.key"

    @property
    def tokens(self) -> Path:
        return self.directory / "tokens.csv"

    def kubeconfig(self, user: str) -> Path:
        return self.directory / f"{user.rpartition(':')[2]}.kubeconfig"


def etcd(layout: Layout) -> list[str]:
    """It may forget when the machine stops (no fsync), never when the process is killed."""
    client, peer = f"http://{LOOPBACK}:{layout.etcd_port}", f"http://{LOOPBACK}:{layout.etcd_peer_port}"
    return [
        f"--data-dir={layout.directory / 'etcd'}",
        "--unsafe-no-fsync",
        "--log-level=warn",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=default={peer}",
    ]


def api_server(layout: Layout) -> list[str]:
    """RBAC, Pod Security and node restriction are on, as everywhere; there is no audit log."""
    certificates = layout.certificates
    reconciler = "none" if layout.address == LOOPBACK else "lease"  # no endpoint may be a loopback address
    return [
        f"--etcd-servers=http://{LOOPBACK}:{layout.etcd_port}",
        f"--bind-address={layout.address}",
        f"--advertise-address={layout.address}",
        f"--secure-port={layout.api_port}",
        f"--endpoint-reconciler-type={reconciler}",
        f"--tls-cert-file={certificates / 'api-server.crt'}",
        f"--tls-private-key-file={certificates / 'api-server.key'}",
        f"--client-ca-file={certificates / 'ca.crt'}",
        f"--kubelet-client-certificate={certificates / 'kubelet-client.crt'}",
        f"--kubelet-client-key={certificates / 'kubelet-client.key'}",
        "--kubelet-preferred-address-types=InternalIP",
        f"--kubelet-certificate-authority={certificates / 'ca.crt'}",
        f"--token-auth-file={layout.tokens}",
        f"--service-account-key-file={layout.signing_key}",
        f"--service-account-signing-key-file={layout.signing_key}",
        f"--service-account-issuer={ISSUER}",
        f"--service-cluster-ip-range={SERVICES}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction,OwnerReferencesPermissionEnforcement",  # the latter as OpenShift
        "--allow-privileged=true",
        "--shutdown-delay-duration=0s",
    ]


def controllers(layout: Layout) -> list[str]:
    """A lost node is noticed after `node_grace_seconds` instead of 50, so that tests of it end."""
    return [
        f"--kubeconfig={layout.kubeconfig('system:kube-controller-manager')}",
        f"--service-account-private-key-file={layout.signing_key}",
        f"--root-ca-file={layout.certificates / 'ca.crt'}",
        "--use-service-account-credentials",
        f"--node-monitor-grace-period={layout.node_grace_seconds}s",
        "--node-monitor-period=2s",
        "--node-eviction-rate=100",
        *_small(),
    ]


def scheduler(layout: Layout) -> list[str]:
    return [f"--kubeconfig={layout.kubeconfig('system:kube-scheduler')}", *_small()]


def _small() -> list[str]:
    """One of each, without ports of its own, and in no hurry limit that only large clusters need."""
    return ["--leader-elect=false", "--secure-port=0", "--kube-api-qps=500", "--kube-api-burst=1000"]
