from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from recado_domain.contacts.rules import ADDRESS_KINDS, Address
from recado_domain.contacts.tables import contact, contact_address
from recado_domain.metadata import one_of
from recado_domain.tickets.tables import ticket
from recado_domain.unit_of_work import UnitOfWork


async def contacts_by_address(work: UnitOfWork, addresses: Collection[Address]) -> Sequence[Row[Any]]:
    """Rows of address (kind, value) and what is known of its contact (id, push_name, phone)."""
    same = (contact.c.company_id == contact_address.c.company_id) & (contact.c.id == contact_address.c.contact_id)
    query = (
        select(contact_address.c.kind, contact_address.c.value, contact.c.id, contact.c.push_name, contact.c.phone)
        .join(contact, same)
        .where(
            contact_address.c.company_id == work.company_id,
            contact_address.c.kind.in_(ADDRESS_KINDS),
            one_of(contact_address.c.value, sorted(address.value for address in addresses)),
        )
    )
    return (await work.execute(query)).all()


async def ticket_ids_of(work: UnitOfWork, contact_ids: Collection[UUID]) -> Sequence[UUID]:
    """All tickets of these contacts: each shows the contact's name."""
    query = select(ticket.c.id).where(ticket.c.company_id == work.company_id, one_of(ticket.c.contact_id, contact_ids))
    return [UUID(str(found)) for found in (await work.execute(query)).scalars()]
