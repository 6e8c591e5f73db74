"""The web button: writes the resource that `kubectl apply` would write, then the row, so that both show at once.

The resource comes first: when the row cannot be written, the operator sees the resource and writes it.
"""

from msgspec.structs import replace

from recado_api.connections.access import OURS
from recado_api.connections.errors import CompanyNotDeclaredError
from recado_api.connections.naming import resource_name
from recado_core.ids import new_id
from recado_core.resources.company import Company
from recado_core.resources.connection import CompanyReference, Pairing, WhatsAppConnection, WhatsAppConnectionSpec
from recado_core.resources.metadata import MANAGED_BY_LABEL, ConnectionMetadata
from recado_core.resources.port import Resources
from recado_domain.connections import actions
from recado_domain.connections.actions import Declaration
from recado_domain.connections.views import ConnectionView
from recado_domain.unit_of_work import UnitOfWork


async def create(
    work: UnitOfWork, resources: Resources, display_name: str, code_for: str | None = None
) -> ConnectionView:
    """`code_for` is the number (E.164) whose phone is linked by a typed code; without it, a QR code is scanned."""
    company = await _company(work, resources)
    name, labels = resource_name(display_name), {MANAGED_BY_LABEL: OURS}
    wanted = WhatsAppConnection(
        metadata=ConnectionMetadata(name=name, namespace=company.metadata.namespace, uid=new_id(), labels=labels),
        spec=WhatsAppConnectionSpec(
            company_ref=CompanyReference(name=company.metadata.name),
            display_name=display_name,
            phone_number=code_for,
            pairing=Pairing(method="PairingCode") if code_for else Pairing(),
            deletion_policy="Logout",
        ),
    )
    applied = await resources.apply(wanted)
    declaration = Declaration(
        id=applied.metadata.uid or new_id(), name=applied.metadata.name, display_name=display_name, managed_by=OURS
    )
    return await actions.declare(work, declaration)


async def set_paused(
    work: UnitOfWork, resources: Resources, connection: ConnectionView, *, paused: bool
) -> ConnectionView:
    for resource in await _declared(resources, connection):
        await resources.apply(replace(resource, spec=replace(resource.spec, suspend=paused)))
    return await actions.set_paused(work, connection.id, paused=paused)


async def delete(work: UnitOfWork, resources: Resources, connection: ConnectionView) -> None:
    for resource in await _declared(resources, connection):
        await resources.delete(resource)
    await actions.remove(work, connection.id)


async def _declared(resources: Resources, connection: ConnectionView) -> list[WhatsAppConnection]:
    """The resource of `connection`, if it is still there. One of its name with another uid is another connection."""
    return [found for found in await resources.list(WhatsAppConnection) if found.metadata.uid == connection.id]


async def _company(work: UnitOfWork, resources: Resources) -> Company:
    for company in await resources.list(Company):
        if company.company_id == work.company_id:
            return company
    raise CompanyNotDeclaredError(work.company_id)
