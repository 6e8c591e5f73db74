"""How a session runs: said by the connection, else by its company (`sessionDefaults`), else by Recado.

Deliberately small: no image, command, environment or pod template, because a session holds credentials that whoever
may write a resource must not read.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from recado_core.resources.metadata import NAME_PATTERN

Cpu = Annotated[str, Meta(max_length=16, pattern=r"^([0-9]{1,4}m|[0-4](\.[0-9]{1,3})?)$")]
Memory = Annotated[str, Meta(max_length=16, pattern=r"^[1-9][0-9]{0,9}(k|M|G|Ki|Mi|Gi)?$")]
Labels = Annotated[dict[str, Annotated[str, Meta(max_length=63)]], Meta(max_length=32)]
Annotations = Annotated[dict[str, Annotated[str, Meta(max_length=1024)]], Meta(max_length=32)]
NodeSelector = Annotated[dict[str, Annotated[str, Meta(max_length=63)]], Meta(max_length=16)]
VersionName = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[0-9A-Za-z][0-9A-Za-z.-]*$")]
Channel = Literal["Stable", "Canary", "Pinned"]
EvictionPolicy = Literal["Allow", "Paced", "Never"]


class ResourceRequests(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    cpu: Cpu | None = None
    memory: Memory | None = None


class ResourceLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    memory: Memory | None = None


class SessionResources(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    requests: ResourceRequests | None = None
    limits: ResourceLimits | None = None


class Toleration(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    key: Annotated[str, Meta(min_length=1, max_length=317)]
    operator: Literal["Equal", "Exists"] = "Equal"
    value: Annotated[str, Meta(max_length=63)] | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: Annotated[int, Meta(ge=0, le=86400)] | None = None


class Scheduling(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    node_selector: NodeSelector | None = None
    tolerations: Annotated[list[Toleration], Meta(max_length=16)] | None = None
    topology_spread: bool | None = None
    priority_class_name: Annotated[str, Meta(min_length=1, max_length=63)] | None = None


class UpdatePolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    channel: Channel
    version: VersionName | None = None


class Eviction(msgspec.Struct, frozen=True, kw_only=True):
    policy: EvictionPolicy


class SecretReference(msgspec.Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=253, pattern="^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
    key: Annotated[str, Meta(min_length=1, max_length=253, pattern="^[A-Za-z0-9._-]+$")]


class SessionDefaults(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    resources: SessionResources | None = None
    scheduling: Scheduling | None = None
    update_policy: UpdatePolicy | None = None
    eviction: Eviction | None = None


LabelName = Annotated[str, Meta(min_length=1, max_length=63, pattern=NAME_PATTERN)]
