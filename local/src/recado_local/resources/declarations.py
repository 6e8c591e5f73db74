"""The folder of manifests as the operator sees it: by connection."""

from collections.abc import Collection
from uuid import UUID

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_local.resources.folder import FolderResources


class FolderDeclarations:
    def __init__(self, resources: FolderResources) -> None:
        self._resources = resources

    async def keys(self) -> Collection[UUID]:
        return (await self._by_key()).keys()

    async def get(self, connection_id: UUID) -> WhatsAppConnection | None:
        return (await self._by_key()).get(connection_id)

    async def company_of(self, resource: WhatsAppConnection) -> Company | None:
        place = (resource.metadata.namespace, resource.spec.company_ref.name)
        companies = await self._resources.list(Company)
        return next((found for found in companies if (found.metadata.namespace, found.metadata.name) == place), None)

    async def write_status(self, resource: WhatsAppConnection) -> None:
        await self._resources.write_status(resource)

    async def _by_key(self) -> dict[UUID, WhatsAppConnection]:
        listed = await self._resources.list(WhatsAppConnection)
        return {resource.metadata.uid: resource for resource in listed if resource.metadata.uid is not None}
