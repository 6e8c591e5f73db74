"""The Resources port in memory: what the API declared, and what somebody else did."""

from collections.abc import Sequence

from msgspec.structs import replace

from recado_core.ids import new_id
from recado_core.resources.company import Company, CompanySpec, CompanyStatus
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.metadata import CompanyMetadata
from recado_core.resources.port import AnyResource, Resource


class MemoryResources:
    def __init__(self) -> None:
        self.by_name: dict[str, WhatsAppConnection] = {}
        self.companies: dict[str, Company] = {}

    def adopt(self, company_id: int, name: str) -> None:
        """What `kubectl apply` of a Company for a row that is there already leaves."""
        spec = CompanySpec(display_name=name, company_id=company_id)
        resource = f"company-{company_id}"
        self.companies[resource] = Company(
            metadata=CompanyMetadata(name=resource, uid=new_id()),
            spec=spec,
            status=CompanyStatus(company_id=company_id),
        )

    async def list(self, kind: type[AnyResource]) -> Sequence[AnyResource]:
        return [found for found in (*self.companies.values(), *self.by_name.values()) if isinstance(found, kind)]

    async def apply(self, resource: AnyResource) -> AnyResource:
        applied = replace(resource, metadata=replace(resource.metadata, uid=resource.metadata.uid or new_id()))
        self._keep(applied)
        return applied

    async def delete(self, resource: Resource) -> None:
        self.by_name.pop(resource.metadata.name, None)

    def _keep(self, resource: Resource) -> None:
        if isinstance(resource, Company):
            self.companies[resource.metadata.name] = resource
        else:
            self.by_name[resource.metadata.name] = resource
