"""What every resource carries, as far as Recado looks at it. Names follow `recado.dev/v1alpha1` and Kubernetes."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

API_VERSION: Literal["recado.dev/v1alpha1"] = "recado.dev/v1alpha1"

NAME_PATTERN = "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
LONGEST_COMPANY_NAME = 40
LONGEST_CONNECTION_NAME = 45

CompanyName = Annotated[str, Meta(pattern=NAME_PATTERN, min_length=1, max_length=LONGEST_COMPANY_NAME)]
ConnectionName = Annotated[str, Meta(pattern=NAME_PATTERN, min_length=1, max_length=LONGEST_CONNECTION_NAME)]

MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
CONFIRM_PURGE = "recado.dev/confirm-purge"
"""The annotation that lets `deletionPolicy: Purge` act; its value is the resource's own name."""
WEB_MANAGER = "recado-api"
"""The field manager of what is declared in the browser."""
FINALIZER = "recado.dev/session"
"""Keeps a deleted resource until its session has ended as `deletionPolicy` says, for a bounded time."""


class ResourceMetadata(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: str
    namespace: str = ""
    uid: UUID | None = None
    """Also a connection's id in the database. A manifest written by hand gets one when it is first read."""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    generation: int = 0
    resource_version: str = ""
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    """Set while the resource is being deleted and a finalizer still holds it."""
    finalizers: list[str] = []
    managed_fields: list[dict[str, Any]] = []
    """Who applied which fields; Kubernetes keeps the books."""
    owner_references: list[dict[str, Any]] = []

    @property
    def manager(self) -> str:
        """Who manages the declaration: the label's word for what Recado's web made, else who applied the spec."""
        for entry in self.managed_fields:
            if "f:spec" in entry.get("fieldsV1", {}) and entry.get("manager") != WEB_MANAGER:
                return _short(str(entry.get("manager", "")))
        return self.labels.get(MANAGED_BY_LABEL, "kubectl")


def _short(manager: str) -> str:
    """`kubectl-edit`, `kubectl-client-side-apply`: people know one of them."""
    return "kubectl" if manager.startswith("kubectl") else manager


class CompanyMetadata(ResourceMetadata, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: CompanyName


class ConnectionMetadata(ResourceMetadata, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    name: ConnectionName
