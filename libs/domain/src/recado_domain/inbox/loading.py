"""Reads what a batch of events may touch, in one statement whatever the size of the batch. It is asked once more when
people were met for the first time, or proved to be one person.
"""

from collections.abc import Iterator, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import text

from recado_core.engine.wire import EngineEvent, MessageReceived, OutboundReport, ReceiptReceived, Waiting
from recado_domain.contacts.actions import KnownAddress, Sighting, meet, remember
from recado_domain.contacts.rules import Address, addresses_of
from recado_domain.inbox.changes import Batch, MessageRow, TicketRow
from recado_domain.messages.rules import without_nul
from recado_domain.messages.views import MessageState
from recado_domain.unit_of_work import UnitOfWork

# `stranger`: addresses seen together that are not all of one contact yet. Then no ticket is locked, since merging locks
# tickets of other connections, and whoever waits for those must not hold any.
# `named` is a union and no OR, so that each part finds its own index. It asks the outbox too: the report that gives a
# message its WhatsApp id may stand further behind.
# Ids that were found are handed on as arrays: a join would be planned by statistics, which a young database has not
# yet, and then reads all messages of the company once for each of them.
# `held` are locked in one order for everybody, until the batch is committed.
READ = text("""
with asked as (
    select * from unnest(cast(:places as int[]), cast(:kinds as text[]), cast(:addresses as text[]))
        as asked (place, kind, value)
), person as (
    select a.kind, a.value, c.id, c.push_name, c.phone
    from (select distinct kind, value from asked) asked
    join contact_address a on a.company_id = :company and a.kind = asked.kind and a.value = asked.value
    join contact c on c.company_id = a.company_id and c.id = a.contact_id
), stranger as (
    select place from asked left join person using (kind, value)
    group by place having count(person.id) < count(*) or count(distinct person.id) > 1
), named as (
    select id from message
    where company_id = :company and connection_id = :connection and wa_id = any(cast(:wa_ids as text[]))
    union all
    select id from message
    where company_id = :company and connection_id = :connection and id = any(cast(:reported as uuid[]))
    union all
    select message_id from outbox
    where company_id = :company and connection_id = :connection and wa_id = any(cast(:wa_ids as text[]))
), known as (
    select m.*, o.wa_id as outbox_wa_id
    from message m left join outbox o on o.company_id = m.company_id and o.message_id = m.id
    where m.company_id = :company and m.id = any(array(select id from named))
), wanted as (
    select id from ticket
    where company_id = :company and connection_id = :connection and status <> 'closed'
        and contact_id = any(array(select id from person))
    union all
    select ticket_id from known
), held as (
    select t.* from ticket t
    where t.company_id = :company and not exists (select from stranger) and t.id = any(array(select id from wanted))
    order by t.id for update of t
), early as (
    select wa_id, state from early_receipt
    where company_id = :company and connection_id = :connection and wa_id = any(cast(:wa_ids as text[]))
)
select cast(json_build_object(
    'people', (select coalesce(json_agg(person), '[]') from person),
    'strangers', exists (select from stranger),
    'messages', (select coalesce(json_agg(known order by id), '[]') from known),
    'tickets', (select coalesce(json_agg(held), '[]') from held),
    'early', (select coalesce(json_object_agg(wa_id, state), '{}') from early)
) as text)
""")


class Found(msgspec.Struct, frozen=True):
    people: list[KnownAddress]
    strangers: bool
    messages: list[MessageRow]
    tickets: list[TicketRow]
    early: dict[str, MessageState]


async def load(work: UnitOfWork, connection_id: UUID, events: Sequence[EngineEvent]) -> Batch:
    sightings = [_sighting(event) for event in events if isinstance(event, MessageReceived | Waiting)]
    found = await _read(work, connection_id, events, sightings)
    created: set[UUID] = set()
    if found.strangers:
        created = await meet(work, sightings)
        found = await _read(work, connection_id, events, sightings)
    await remember(work, sightings, found.people, created)
    return _batch(work, found)


async def _read(
    work: UnitOfWork, connection_id: UUID, events: Sequence[EngineEvent], sightings: Sequence[Sighting]
) -> Found:
    asked = list(_asked(sightings))
    values = {
        "company": work.company_id,
        "connection": connection_id,
        "places": [place for place, _ in asked],
        "kinds": [address.kind for _, address in asked],
        "addresses": [address.value for _, address in asked],
        "wa_ids": sorted({wa_id for event in events for wa_id in _wa_ids(event)}),
        "reported": [event.message_id for event in events if isinstance(event, OutboundReport)],
    }
    return msgspec.json.decode((await work.execute(READ, values)).scalar_one(), type=Found)


def _asked(sightings: Sequence[Sighting]) -> Iterator[tuple[int, Address]]:
    """Each address, numbered by those with which it was seen."""
    for place, together in enumerate({sighting.addresses for sighting in sightings}):
        for address in together:
            yield place, address


def _batch(work: UnitOfWork, found: Found) -> Batch:
    batch = Batch(now=work.now, early=found.early)
    batch.contact_of = {person.address: person.id for person in found.people}
    batch.tickets = {ticket.id: ticket for ticket in found.tickets}
    batch.live = {ticket.contact_id: ticket for ticket in found.tickets if ticket.status != "closed"}
    for message in found.messages:
        batch.know(message)
    return batch


def _wa_ids(event: EngineEvent) -> tuple[str, ...]:
    match event:
        case MessageReceived() | Waiting():
            return (event.wa_id,)
        case ReceiptReceived():
            return event.wa_ids
        case OutboundReport(wa_id=str(wa_id)):
            return (wa_id,)
        case _:
            return ()


def _sighting(event: MessageReceived | Waiting) -> Sighting:
    """The name that comes with our own messages is our own, and in a group it is the participant's."""
    names_contact = not event.from_me and event.chat.group_id is None
    phone = event.chat.phone if event.chat.group_id is None else None
    return Sighting(
        addresses=addresses_of(event.chat),
        push_name=without_nul(event.push_name) if names_contact else "",
        phone=f"+{phone}" if phone else None,
    )
