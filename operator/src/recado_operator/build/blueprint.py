"""Everything that a session's pod is made from, in plain values: what the builders read, and nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct


class Owner(Struct, frozen=True, kw_only=True):
    """The resource whose deletion takes the object with it."""

    api_version: str
    kind: str
    name: str
    uid: str

    def reference(self) -> dict[str, Any]:
        return {
            "apiVersion": self.api_version,
            "kind": self.kind,
            "name": self.name,
            "uid": self.uid,
            "controller": True,
            "blockOwnerDeletion": True,
        }


class Blueprint(Struct, frozen=True, kw_only=True):
    """One session pod. Everything but `epoch` is the same for the next epoch, so long as nobody changes anything."""

    namespace: str
    owner: Owner
    company: str
    epoch: int
    image: str
    settings_secret: str
    """Name of the Secret whose keys become the environment of every session."""
    resources: Mapping[str, Mapping[str, str]]
    """`requests` and `limits`, as in a container."""
    unreachable_seconds: int
    """For how long the pod stays on a node that does not answer."""
    evictable: bool = True
    proxy_secret: tuple[str, str] | None = None
    """Name and key of the Secret that holds the proxy's URL."""
    pull_secrets: Sequence[str] = ()
    priority_class: str = ""
    node_selector: Mapping[str, str] = {}
    tolerations: Sequence[Mapping[str, Any]] = ()
    topology_spread: bool = True
    labels: Mapping[str, str] = {}
    annotations: Mapping[str, str] = {}
