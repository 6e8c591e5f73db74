"""The web button: writes the resource that `kubectl apply` would write, then the row, so that both show at once.

The resource comes first: when the row cannot be written, the operator sees the resource and writes it.
"""

import msgspec

from recado_api.connections.access import OURS
from recado_api.connections.naming import resource_name
from recado_core.ids import new_id
from recado_core.resources import ResourceMetadata, Resources, WhatsAppConnection, WhatsAppConnectionSpec
from recado_domain.connections import actions
from recado_domain.connections.actions import Declaration
from recado_domain.connections.views import ConnectionView
from recado_domain.unit_of_work import UnitOfWork

MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"


async def create(work: UnitOfWork, resources: Resources, display_name: str) -> ConnectionView:
    wanted = WhatsAppConnection(
        metadata=ResourceMetadata(name=resource_name(display_name), uid=new_id(), labels={MANAGED_BY_LABEL: OURS}),
        spec=WhatsAppConnectionSpec(company=work.company_id, display_name=display_name),
    )
    applied = await resources.apply(wanted)
    declaration = Declaration(
        id=applied.metadata.uid or new_id(), name=applied.metadata.name, display_name=display_name, managed_by=OURS
    )
    return await actions.declare(work, declaration)


async def set_paused(
    work: UnitOfWork, resources: Resources, connection: ConnectionView, *, paused: bool
) -> ConnectionView:
    for resource in await resources.list():
        if resource.metadata.name == connection.name and resource.spec.company == work.company_id:
            spec = msgspec.structs.replace(resource.spec, paused=paused)
            await resources.apply(msgspec.structs.replace(resource, spec=spec))
    return await actions.set_paused(work, connection.id, paused=paused)


async def delete(work: UnitOfWork, resources: Resources, connection: ConnectionView) -> None:
    await resources.delete(connection.name)
    await actions.remove(work, connection.id)
