"""From what people declare to a blueprint: what the connection says, else its company, else Recado."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.session_options import EvictionPolicy, Scheduling, SessionDefaults, UpdatePolicy
from recado_operator.build.blueprint import Blueprint, Owner
from recado_operator.plan.releases import Release, Releases, RolloutPolicy, Wave

DEFAULT_CPU = "25m"
DEFAULT_MEMORY = "128Mi"
DEFAULT_MEMORY_LIMIT = "384Mi"


class Fleet(Struct, frozen=True, kw_only=True):
    """What the platform decides for all sessions."""

    catalogue: Mapping[str, str]
    """Version → image. Tenants name versions, never images: whoever chooses the image holds the credentials."""
    stable: str
    canary: str = ""
    settings_secret: str = "recado-session"  # noqa: S105 - the name of a Secret
    pull_secrets: tuple[str, ...] = ()
    priority_class: str = ""
    inbox_url: str = ""
    """Where people find the inbox; empty when the operator was not told."""
    rollout: RolloutPolicy = RolloutPolicy(waves=(Wave(100),))

    @property
    def releases(self) -> Releases:
        """What the channels say."""
        canary = self.canary or self.stable
        return Releases(
            stable=Release(self.stable, self.catalogue[self.stable]), canary=Release(canary, self.catalogue[canary])
        )

    def releases_from(self, running: Mapping[str, str]) -> Releases:
        """`running`: channel → image that its sessions have; what it does not name is as the channels say."""
        stable, canary = (running.get(channel, "") for channel in ("Stable", "Canary"))
        said = self.releases
        return Releases(
            stable=Release(self.version_of(stable), stable) if stable else said.stable,
            canary=Release(self.version_of(canary), canary) if canary else said.canary,
        )

    def version(self, policy: UpdatePolicy | None) -> str:
        """What a session with `policy` should run; not always in the catalogue."""
        if policy is None or policy.channel == "Stable":
            return self.stable
        return (self.canary or self.stable) if policy.channel == "Canary" else policy.version or ""

    def version_of(self, image: str) -> str:
        """Empty for an image that the catalogue no longer holds."""
        return next((version for version, known in self.catalogue.items() if known == image), "")


def update_policy(connection: WhatsAppConnection, company: Company | None) -> UpdatePolicy | None:
    return connection.spec.update_policy or _defaults(company).update_policy


def eviction_policy(connection: WhatsAppConnection, company: Company | None) -> EvictionPolicy:
    said = connection.spec.eviction or _defaults(company).eviction
    return said.policy if said else "Allow"


def draw(connection: WhatsAppConnection, company: Company | None, epoch: int, image: str, fleet: Fleet) -> Blueprint:
    spec, metadata, defaults = connection.spec, connection.metadata, _defaults(company)
    scheduling = _merge(spec.scheduling, defaults.scheduling)
    marks = spec.pod_metadata
    return Blueprint(
        namespace=metadata.namespace,
        owner=owner_of(connection),
        company=spec.company_ref.name,
        epoch=epoch,
        image=image,
        settings_secret=fleet.settings_secret,
        resources=_resources(connection, defaults),
        unreachable_seconds=spec.failover.unreachable_seconds,
        evictable=eviction_policy(connection, company) == "Allow",
        proxy_secret=(spec.proxy.secret_ref.name, spec.proxy.secret_ref.key) if spec.proxy else None,
        pull_secrets=fleet.pull_secrets,
        priority_class=scheduling.priority_class_name or fleet.priority_class,
        node_selector=scheduling.node_selector or {},
        tolerations=tuple(msgspec.to_builtins(toleration) for toleration in scheduling.tolerations or ()),
        topology_spread=scheduling.topology_spread is not False,
        labels=(marks.labels if marks else None) or {},
        annotations=(marks.annotations if marks else None) or {},
    )


def owner_of(resource: WhatsAppConnection | Company) -> Owner:
    metadata = resource.metadata
    return Owner(api_version=resource.api_version, kind=resource.kind, name=metadata.name, uid=str(metadata.uid))


def _defaults(company: Company | None) -> SessionDefaults:
    return (company.spec.session_defaults if company else None) or SessionDefaults()


def _merge(own: Scheduling | None, default: Scheduling | None) -> Scheduling:
    """Field by field; a field that is said replaces the default's, lists and maps included."""
    said: dict[str, Any] = {}
    for source in (default, own):
        if source is not None:
            said |= {name: value for name, value in msgspec.structs.asdict(source).items() if value is not None}
    return Scheduling(**said)


def _resources(connection: WhatsAppConnection, defaults: SessionDefaults) -> dict[str, dict[str, str]]:
    requests, limits = {"cpu": DEFAULT_CPU, "memory": DEFAULT_MEMORY}, {"memory": DEFAULT_MEMORY_LIMIT}
    for source in (defaults.resources, connection.spec.resources):
        said: dict[str, dict[str, str]] = msgspec.to_builtins(source) if source else {}
        requests |= said.get("requests", {})
        limits |= said.get("limits", {})
    return {"requests": requests, "limits": limits}
