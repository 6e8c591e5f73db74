"""The port through which resources are read and declared.

Kubernetes implements it with its API, the local stack with a folder of the same YAML manifests: a web button and
`kubectl apply` are one path.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection

Resource = Company | WhatsAppConnection
AnyResource = TypeVar("AnyResource", Company, WhatsAppConnection)
KINDS: dict[str, type[Company] | type[WhatsAppConnection]] = {
    "Company": Company,
    "WhatsAppConnection": WhatsAppConnection,
}


class Resources(Protocol):
    """Declares companies and connections. Every call may be repeated: deletes of nothing succeed."""

    async def list(self, kind: type[AnyResource]) -> Sequence[AnyResource]:
        """All of one kind, each with its uid and its status."""
        ...

    async def apply(self, resource: AnyResource) -> AnyResource:
        """Creates or replaces the declaration (metadata and spec); the answer carries the uid."""
        ...

    async def delete(self, resource: Resource) -> None: ...
