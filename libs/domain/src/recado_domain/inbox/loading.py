"""Reads what a batch of events may touch: three queries whatever the size of the batch, a few more when people are met
for the first time.
"""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import select, union_all

from recado_core.engine.wire import EngineEvent, MessageReceived, OutboundReport, ReceiptReceived, Waiting
from recado_domain.contacts.actions import Sighting, resolve
from recado_domain.contacts.rules import addresses_of
from recado_domain.inbox.changes import Batch, MessageRow, TicketRow
from recado_domain.inbox.tables import early_receipt
from recado_domain.messages.rules import without_nul
from recado_domain.messages.tables import message
from recado_domain.metadata import one_of
from recado_domain.outbox.tables import outbox
from recado_domain.tickets.tables import ticket
from recado_domain.unit_of_work import UnitOfWork

_MESSAGE = [message.c[column.name] for column in fields(MessageRow)]
_TICKET = [ticket.c[column.name] for column in fields(TicketRow)]


async def load(work: UnitOfWork, connection_id: UUID, events: Sequence[EngineEvent]) -> Batch:
    batch = Batch(now=work.now)
    batch.contact_of = await resolve(
        work, [_sighting(event) for event in events if isinstance(event, MessageReceived | Waiting)]
    )
    wa_ids = sorted({wa_id for event in events for wa_id in _wa_ids(event)})
    reported = [event.message_id for event in events if isinstance(event, OutboundReport)]
    if wa_ids or reported:
        await _load_messages(work, connection_id, batch, wa_ids, reported)
    if batch.contact_of or batch.messages:
        await _load_tickets(work, connection_id, batch)
    if any(_is_ours(event) for event in events):
        await _load_early_receipts(work, connection_id, batch, wa_ids)
    return batch


def _is_ours(event: EngineEvent) -> bool:
    return isinstance(event, OutboundReport | ReceiptReceived) or (isinstance(event, MessageReceived) and event.from_me)


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


async def _load_messages(
    work: UnitOfWork, connection_id: UUID, batch: Batch, wa_ids: Sequence[str], reported: Sequence[UUID]
) -> None:
    """Also by the WhatsApp id that only the outbox knows yet: the report of it may stand further behind."""
    sent = (outbox.c.company_id == message.c.company_id) & (outbox.c.message_id == message.c.id)
    mine = (message.c.company_id == work.company_id, message.c.connection_id == connection_id)
    ours = (outbox.c.company_id == work.company_id, outbox.c.connection_id == connection_id)
    named = union_all(  # not OR: each part finds its own index
        select(message.c.id).where(*mine, one_of(message.c.wa_id, wa_ids)),
        select(message.c.id).where(*mine, one_of(message.c.id, reported)),
        select(outbox.c.message_id).where(*ours, one_of(outbox.c.wa_id, wa_ids)),
    )
    query = (
        select(*_MESSAGE, outbox.c.wa_id.label("outbox_wa_id"))
        .select_from(message.outerjoin(outbox, sent))
        .where(message.c.company_id == work.company_id, message.c.id.in_(named))
        .order_by(message.c.id)
    )
    for row in (await work.execute(query)).mappings():
        values = dict(row)
        outbox_wa_id = values.pop("outbox_wa_id")
        batch.know(MessageRow(**values), outbox_wa_id)


async def _load_tickets(work: UnitOfWork, connection_id: UUID, batch: Batch) -> None:
    """Locked, in one order for everybody, until the batch is committed."""
    of_messages = {found.ticket_id for found in batch.messages.values()}
    contacts = set(batch.contact_of.values())
    mine = (ticket.c.company_id == work.company_id, ticket.c.connection_id == connection_id)
    named = union_all(
        select(ticket.c.id).where(*mine, one_of(ticket.c.contact_id, contacts), ticket.c.status != "closed"),
        select(ticket.c.id).where(*mine, one_of(ticket.c.id, of_messages)),
    )
    query = (
        select(*_TICKET)
        .where(ticket.c.company_id == work.company_id, ticket.c.id.in_(named))
        .order_by(ticket.c.id)
        .with_for_update()
    )
    for row in (await work.execute(query)).mappings():
        found = TicketRow(**row)
        batch.tickets[found.id] = found
        if found.status != "closed":
            batch.live[found.contact_id] = found


async def _load_early_receipts(work: UnitOfWork, connection_id: UUID, batch: Batch, wa_ids: Sequence[str]) -> None:
    query = select(early_receipt.c.wa_id, early_receipt.c.state).where(
        early_receipt.c.company_id == work.company_id,
        early_receipt.c.connection_id == connection_id,
        one_of(early_receipt.c.wa_id, wa_ids),
    )
    batch.early = {row.wa_id: row.state for row in await work.execute(query)}
