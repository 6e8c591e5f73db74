"""Two contacts proved to be one person: the younger one's conversations move to the older one. Rare, so it may cost a
few statements; everything is found under the row locks of the live tickets.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from recado_domain.contacts.queries import ticket_ids_of
from recado_domain.messages.queries import describe_messages
from recado_domain.tickets.queries import describe_tickets
from recado_domain.unit_of_work import UnitOfWork

LIVE = text("""
select id, connection_id from ticket
where company_id = :company and contact_id in (:winner, :loser) and status <> 'closed'
order by id for update
""")

MOVE_MESSAGES = text("""
update message m set ticket_id = :kept, seq = t.message_count + moved.nth
from ticket t, (
    select id, row_number() over (order by seq) as nth from message where company_id = :company and ticket_id = :moved
) moved
where m.company_id = :company and m.id = moved.id and t.company_id = :company and t.id = :kept
returning m.id
""")

JOIN_TICKETS = text("""
update ticket k
set message_count = k.message_count + m.message_count, unread_count = k.unread_count + m.unread_count,
    status = case when 'open' in (k.status, m.status) then 'open' else k.status end,
    assignee_id = coalesce(k.assignee_id, m.assignee_id),
    last_message_at = greatest(k.last_message_at, m.last_message_at),
    -- the moved messages stand behind those that were here, so the last one is theirs when there are any
    last_message_preview = case when m.message_count > 0 then m.last_message_preview else k.last_message_preview end,
    last_message_from_me = case when m.message_count > 0 then m.last_message_from_me else k.last_message_from_me end,
    last_message_state = case when m.message_count > 0 then m.last_message_state else k.last_message_state end
from ticket m
where k.company_id = :company and k.id = :kept and m.company_id = :company and m.id = :moved
""")

EMPTY_TICKET = text("""
update ticket set status = 'closed', closed_at = :now, unread_count = 0, message_count = 0, last_message_preview = '',
    last_message_state = ''
where company_id = :company and id = :moved
""")

# The same message may have come under both names: only one row may keep its WhatsApp id.
MOVE_CONTACT = [
    text("""
update message m set wa_id = null from ticket t
where t.company_id = :company and t.contact_id in (:winner, :loser) and m.company_id = :company
    and m.ticket_id = t.id and m.chat = :loser_chat and m.wa_id is not null and exists (
        select from message w where w.company_id = m.company_id and w.connection_id = m.connection_id
            and w.wa_id = m.wa_id and w.chat = :winner_chat and w.from_me = m.from_me)
"""),
    text("""
update message m set chat = :winner_chat from ticket t
where t.company_id = :company and t.contact_id in (:winner, :loser) and m.company_id = :company
    and m.ticket_id = t.id and m.chat = :loser_chat
"""),
    text("""
update outbox set chat = :winner_chat
where company_id = :company and chat = :loser_chat and state in ('queued', 'sending', 'unconfirmed')
"""),
    text("update ticket set contact_id = :winner where company_id = :company and contact_id = :loser"),
    text("update contact_address set contact_id = :winner where company_id = :company and contact_id = :loser"),
    text("""
update contact w set name = coalesce(w.name, l.name), push_name = coalesce(w.push_name, l.push_name),
    phone = coalesce(w.phone, l.phone)
from contact l where w.company_id = :company and w.id = :winner and l.company_id = :company and l.id = :loser
"""),
    text("delete from contact where company_id = :company and id = :loser"),
]


async def merge(work: UnitOfWork, *, winner: UUID, loser: UUID) -> None:
    """Everything of `loser` belongs to `winner` afterwards; of two live tickets on one connection one stays."""
    contacts = {"company": work.company_id, "winner": winner, "loser": loser}
    names = contacts | {"winner_chat": str(winner), "loser_chat": str(loser)}
    kept: dict[UUID, Row[Any]] = {}
    for row in (await work.execute(LIVE, contacts)).all():
        if row.connection_id in kept:
            await _join(work, kept[row.connection_id].id, row.id)
        kept.setdefault(row.connection_id, row)
    for statement in MOVE_CONTACT:
        await work.execute(statement, {name: names[name] for name in statement.compile().params})
    for ticket_id in await ticket_ids_of(work, [winner]):
        work.changed(describe_tickets, ticket_id)


async def _join(work: UnitOfWork, kept: UUID, moved: UUID) -> None:
    names = {"company": work.company_id, "kept": kept, "moved": moved}
    for message_id in (await work.execute(MOVE_MESSAGES, names)).scalars():
        work.changed(describe_messages, message_id)
    await work.execute(JOIN_TICKETS, names)
    await work.execute(EMPTY_TICKET, {"company": work.company_id, "moved": moved, "now": work.now})
