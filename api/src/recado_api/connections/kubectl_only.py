"""The port where connections are declared with kubectl only: reading gives nothing, writing says where to go."""

from collections.abc import Sequence
from http import HTTPStatus

from recado_core.errors import RecadoError
from recado_core.resources.company import Company
from recado_core.resources.port import AnyResource, Resource


class DeclaredElsewhereError(RecadoError):
    code = "declared_with_kubectl"
    status = HTTPStatus.CONFLICT
    title = "Connections are declared with kubectl"

    def __init__(self) -> None:
        super().__init__("This installation declares connections with kubectl. Apply a WhatsAppConnection there")


class KubectlOnlyResources:
    async def list(self, kind: type[AnyResource]) -> Sequence[AnyResource]:
        if kind is Company:  # asked for in order to declare something in its name
            raise DeclaredElsewhereError
        return []

    async def apply(self, resource: AnyResource) -> AnyResource:  # noqa: ARG002 - the port
        raise DeclaredElsewhereError

    async def delete(self, resource: Resource) -> None:  # noqa: ARG002 - the port
        raise DeclaredElsewhereError
