"""Finds, makes and merges contacts for a batch of what came in. Who is who is decided by `rules.assign`."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, insert, text, update

from recado_core.ids import new_id
from recado_domain.contacts.merging import merge
from recado_domain.contacts.queries import contacts_by_address, ticket_ids_of
from recado_domain.contacts.rules import Address, Assignment, assign
from recado_domain.contacts.tables import contact, contact_address
from recado_domain.tickets.queries import describe_tickets
from recado_domain.unit_of_work import UnitOfWork

LOCK = text("select pg_advisory_xact_lock(hashtextextended('recado:contacts', :company))")


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses that appeared together, with what the contact says of itself; the latest name counts."""

    addresses: frozenset[Address]
    push_name: str = ""
    phone: str | None = None


class Known(msgspec.Struct):
    """What the database holds of the addresses of a batch."""

    contact_of: dict[Address, UUID]
    told: dict[UUID, tuple[str | None, str | None]]
    """push_name and phone."""


async def resolve(work: UnitOfWork, sightings: Collection[Sighting]) -> dict[Address, UUID]:
    """The contact of each address, made or merged where necessary."""
    if not sightings:
        return {}
    addresses = {address for sighting in sightings for address in sighting.addresses}
    known = await _known(work, addresses)
    assignment = _assign(sightings, known)
    if assignment.merged or len(known.contact_of) < len(addresses):
        # Another connection may be meeting the same person right now: look again, one at a time.
        await work.execute(LOCK, {"company": work.company_id})
        known = await _known(work, addresses)
        assignment = _assign(sightings, known)
        for loser, winner in assignment.merged.items():
            await merge(work, winner=winner, loser=loser)
        await _create(work, assignment, known)
    await _remember(work, sightings, assignment, known)
    return assignment.contact_of


def _assign(sightings: Collection[Sighting], known: Known) -> Assignment:
    return assign((sighting.addresses for sighting in sightings), known.contact_of, new_id)


async def _known(work: UnitOfWork, addresses: Collection[Address]) -> Known:
    rows = await contacts_by_address(work, addresses)
    return Known(
        {Address(row.kind, row.value): row.id for row in rows}, {row.id: (row.push_name, row.phone) for row in rows}
    )


async def _create(work: UnitOfWork, assignment: Assignment, known: Known) -> None:
    fresh = {address: found for address, found in assignment.contact_of.items() if address not in known.contact_of}
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


async def _remember(work: UnitOfWork, sightings: Collection[Sighting], assignment: Assignment, known: Known) -> None:
    """Names and numbers that are news. Every ticket of the contact shows them, so each is told again."""
    told: dict[UUID, tuple[str | None, str | None]] = {}
    for sighting in sightings:
        found = assignment.contact_of[next(iter(sighting.addresses))]
        push_name, phone = told.get(found, known.told.get(found, (None, None)))
        told[found] = (sighting.push_name or push_name, phone or sighting.phone)
    news = {found: now for found, now in told.items() if now != known.told.get(found, (None, None))}
    if not news:
        return
    which = (contact.c.company_id == work.company_id, contact.c.id == bindparam("found"))
    await work.execute(
        update(contact).where(*which).values(push_name=bindparam("told_name"), phone=bindparam("told_phone")),
        [{"found": found, "told_name": name, "told_phone": phone} for found, (name, phone) in sorted(news.items())],
    )
    if renamed := news.keys() - assignment.created:
        for ticket_id in await ticket_ids_of(work, renamed):
            work.changed(describe_tickets, ticket_id)
