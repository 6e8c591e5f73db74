"""What the session pods of one company may reach: names, the database, Redis, and WhatsApp in the way the company
chose. Nothing may reach them but whoever reads metrics.

A proxy's address stands in a Secret that the operator must not read, so a proxy in the cluster says itself that it is
one, by a label, and the address of any other is told by `Custom`.
"""

from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct

from recado_operator.build import names
from recado_operator.build.belongings import metadata_of
from recado_operator.build.blueprint import Owner

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")
"""The inside of networks, and the metadata service of clouds: not the Internet."""
PRIVATE_V6 = ("fc00::/7", "fe80::/10")
NAMESPACE = "kubernetes.io/metadata.name"


class Egress(Struct, frozen=True, kw_only=True):
    mode: Literal["Internet", "ProxyOnly", "Custom"] = "Internet"
    allowed: Sequence[str] = ()
    """CIDRs; with `Custom` they are all that may be reached outside."""
    database_ports: Sequence[int] = (5432, 6379)


def build_policy(
    namespace: str, company: str, owner: Owner, egress: Egress, monitoring_namespace: str = ""
) -> dict[str, Any]:
    """`monitoring_namespace` may read metrics; when it is empty, everybody."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata_of(namespace, company, owner),
        "spec": {
            "podSelector": {"matchLabels": {names.COMPONENT: "session", names.COMPANY: company}},
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [_metrics(monitoring_namespace)],
            "egress": [_names(), _databases(egress), *_outside(egress)],
        },
    }


def _metrics(namespace: str) -> dict[str, Any]:
    ports = {"ports": [_tcp("metrics")]}
    return ports | {"from": [{"namespaceSelector": {"matchLabels": {NAMESPACE: namespace}}}]} if namespace else ports


def _names() -> dict[str, Any]:
    return {"ports": [{"protocol": protocol, "port": 53} for protocol in ("UDP", "TCP")]}


def _databases(egress: Egress) -> dict[str, Any]:
    return {"ports": [_tcp(port) for port in egress.database_ports]}


def _outside(egress: Egress) -> list[dict[str, Any]]:
    if egress.mode == "Internet":
        anywhere = [("0.0.0.0/0", PRIVATE), ("::/0", PRIVATE_V6)]
        peers = [{"ipBlock": {"cidr": cidr, "except": list(without)}} for cidr, without in anywhere]
        return [{"to": peers, "ports": [_tcp(443)]}, _proxies()]
    if egress.mode == "ProxyOnly":
        return [_proxies()]
    return [{"to": [{"ipBlock": {"cidr": cidr}} for cidr in egress.allowed]}] if egress.allowed else []


def _proxies() -> dict[str, Any]:
    return {"to": [{"namespaceSelector": {}, "podSelector": {"matchLabels": {names.PROXY: "true"}}}]}


def _tcp(port: int | str) -> dict[str, Any]:
    return {"protocol": "TCP", "port": port}
