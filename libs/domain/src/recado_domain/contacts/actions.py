"""Finds, makes and merges contacts for a batch of what came in. Who is who is decided by `rules.assign`."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, insert, text, update

from recado_core.ids import new_id
from recado_domain.contacts.merging import merge
from recado_domain.contacts.queries import contacts_by_address, ticket_ids_of
from recado_domain.contacts.rules import Address, AddressKind, Assignment, assign
from recado_domain.contacts.tables import contact, contact_address
from recado_domain.tickets.queries import describe_tickets
from recado_domain.unit_of_work import UnitOfWork

LOCK = text("select pg_advisory_xact_lock(hashtextextended('recado:contacts', :company))")


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses that appeared together, with what the contact says of itself; the latest name counts."""

    addresses: frozenset[Address]
    push_name: str = ""
    phone: str | None = None


class KnownAddress(msgspec.Struct, frozen=True):
    """An address, the `id` of its contact, and what that told of itself."""

    kind: AddressKind
    value: str
    id: UUID
    push_name: str | None
    phone: str | None

    @property
    def address(self) -> Address:
        return Address(self.kind, self.value)


async def meet(work: UnitOfWork, sightings: Collection[Sighting]) -> set[UUID]:
    """Makes and merges contacts until all addresses that were seen together are one contact; the ids of new ones.
    One at a time in a company: another connection may be meeting the same person right now.
    """
    await work.execute(LOCK, {"company": work.company_id})
    addresses = {address for sighting in sightings for address in sighting.addresses}
    known = {Address(row.kind, row.value): row.id for row in await contacts_by_address(work, addresses)}
    assignment = assign((sighting.addresses for sighting in sightings), known, new_id)
    for loser, winner in assignment.merged.items():
        await merge(work, winner=winner, loser=loser)
    await _create(work, assignment, known)
    return assignment.created


async def _create(work: UnitOfWork, assignment: Assignment, known: Collection[Address]) -> None:
    fresh = {address: found for address, found in assignment.contact_of.items() if address not in known}
    kinds = {found: "group" if address.kind == "group" else "person" for address, found in fresh.items()}
    contacts = [
        {"company_id": work.company_id, "id": found, "kind": kinds[found], "created_at": work.now}
        for found in sorted(assignment.created)
    ]
    if contacts:
        await work.execute(insert(contact), contacts)
    if fresh:
        rows = [
            {"company_id": work.company_id, "kind": address.kind, "value": address.value, "contact_id": found}
            for address, found in sorted(fresh.items())
        ]
        await work.execute(insert(contact_address), rows)


async def remember(
    work: UnitOfWork, sightings: Collection[Sighting], known: Collection[KnownAddress], created: Collection[UUID]
) -> None:
    """Names and numbers that are news. Every ticket of the contact shows them, so each is told again, unless the
    contact is `created` and has none yet.
    """
    contact_of = {person.address: person.id for person in known}
    before = {person.id: (person.push_name, person.phone) for person in known}
    told = dict(before)
    for sighting in sightings:
        found = contact_of[next(iter(sighting.addresses))]
        push_name, phone = told[found]
        told[found] = (sighting.push_name or push_name, phone or sighting.phone)
    news = {found: now for found, now in told.items() if now != before[found]}
    if not news:
        return
    which = (contact.c.company_id == work.company_id, contact.c.id == bindparam("found"))
    await work.execute(
        update(contact).where(*which).values(push_name=bindparam("told_name"), phone=bindparam("told_phone")),
        [{"found": found, "told_name": name, "told_phone": phone} for found, (name, phone) in sorted(news.items())],
    )
    if renamed := news.keys() - created:
        for ticket_id in await ticket_ids_of(work, renamed):
            work.changed(describe_tickets, ticket_id)
