"""The custom resources as Python sees them, and the port through which they are read and declared.

Kubernetes implements the port with its API, the local stack with a folder of the same YAML manifests: a web button and
`kubectl apply` are one path. Unknown fields of a manifest are refused, so a typo is told, not ignored.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, Protocol
from uuid import UUID

import msgspec
from msgspec import Meta

API_VERSION: Literal["recado.dev/v1alpha1"] = "recado.dev/v1alpha1"
KIND: Literal["WhatsAppConnection"] = "WhatsAppConnection"

ResourceName = Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", max_length=40)]


class ResourceMetadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    name: ResourceName
    uid: UUID | None = None
    """Also the connection's id in the database. A manifest written by hand gets one when it is first read."""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}


class WhatsAppConnectionSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    company: Annotated[int, Meta(ge=1)]
    """`companies.id` of the tenant that owns the number."""
    display_name: Annotated[str, Meta(min_length=1, max_length=60)]
    paused: bool = False
    deletion_policy: Literal["Retain", "Logout"] = "Logout"


class ResourceCondition(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    type: str
    status: Literal["True", "False", "Unknown"]
    reason: str
    message: str
    """Says what to do next when `status` is False."""


class WhatsAppConnectionStatus(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    phase: str = ""
    epoch: int = 0
    observed_state: str = ""
    conditions: list[ResourceCondition] = []


class WhatsAppConnection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename="camel"):
    metadata: ResourceMetadata
    spec: WhatsAppConnectionSpec
    api_version: Literal["recado.dev/v1alpha1"] = API_VERSION
    kind: Literal["WhatsAppConnection"] = KIND
    status: WhatsAppConnectionStatus = WhatsAppConnectionStatus()


class Resources(Protocol):
    """Declares and watches connections. Every call may be repeated: names are unique, deletes of nothing succeed."""

    async def list(self) -> Sequence[WhatsAppConnection]: ...

    async def apply(self, resource: WhatsAppConnection) -> WhatsAppConnection:
        """Creates or replaces; the answer carries the uid."""
        ...

    async def delete(self, name: str) -> None: ...

    async def write_status(self, name: str, status: WhatsAppConnectionStatus) -> None: ...

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - an upper bound, not a cancellation
        """Returns when something may have changed, or after `timeout` seconds."""
        ...
