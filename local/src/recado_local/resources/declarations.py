"""The folder of manifests as the operator sees it: by uid. Nothing holds a file, and nothing keeps companies apart."""

from collections.abc import Collection, Sequence
from uuid import UUID

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.port import AnyResource, Resource
from recado_core.resources.session_options import SecretReference
from recado_local.resources.folder import FolderResources
from recado_operator.world import ObservedSession


class FolderDeclarations:
    finalizers = False

    def __init__(self, resources: FolderResources) -> None:
        self._resources = resources

    async def keys(self) -> Collection[UUID]:
        return (await self._by_uid(WhatsAppConnection)).keys()

    async def get(self, connection_id: UUID) -> WhatsAppConnection | None:
        return (await self._by_uid(WhatsAppConnection)).get(connection_id)

    async def company_keys(self) -> Collection[UUID]:
        return (await self._by_uid(Company)).keys()

    async def company(self, uid: UUID) -> Company | None:
        return (await self._by_uid(Company)).get(uid)

    async def company_of(self, resource: WhatsAppConnection) -> Company | None:
        place = (resource.metadata.namespace, resource.spec.company_ref.name)
        found = await self.companies()
        return next((one for one in found if (one.metadata.namespace, one.metadata.name) == place), None)

    async def companies(self) -> Sequence[Company]:
        return await self._resources.list(Company)

    async def vanished(self, _: ObservedSession) -> bool:
        """The operator of one machine remembers what was in the folder when it ended."""
        return False

    async def write_status(self, resource: Resource) -> None:
        await self._resources.write_status(resource)

    async def hold(self, resource: Resource, *, held: bool) -> None:
        raise AssertionError(f"{resource.metadata.name} cannot be held, a file can always be deleted ({held})")

    async def _by_uid(self, kind: type[AnyResource]) -> dict[UUID, AnyResource]:
        listed = await self._resources.list(kind)
        return {resource.metadata.uid: resource for resource in listed if resource.metadata.uid is not None}


class NoPolicies:
    exist = False

    def harmed(self, _: Company) -> bool:
        return False

    async def isolate(self, company: Company) -> None:
        raise AssertionError(f"{company.metadata.name} cannot be kept apart on one machine")


class NoSecrets:
    readable = False

    async def value(self, namespace: str, reference: SecretReference) -> bytes | None:
        raise AssertionError(f"{namespace}/{reference.name} cannot be read on one machine")
