"""Sending. The message and its outbox row are one transaction with the answer kept for a repeated request, so that a
browser may repeat a request as often as it likes and WhatsApp sees one message.
"""

from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Row, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from recado_core import bells
from recado_core.ids import new_id
from recado_core.session_states import WORKING_STATES
from recado_domain.connections.queries import missing_connection
from recado_domain.connections.tables import connection
from recado_domain.contacts.tables import contact_address
from recado_domain.messages.errors import IdempotencyKeyReusedError, NoAddressError
from recado_domain.messages.queries import VIEW, describe_messages
from recado_domain.messages.rules import request_hash, without_nul
from recado_domain.messages.tables import idempotency_key, message
from recado_domain.messages.views import MessageView
from recado_domain.outbox.tables import outbox
from recado_domain.tickets.errors import TicketClosedError
from recado_domain.tickets.queries import describe_tickets, ticket_view
from recado_domain.tickets.rules import preview_of
from recado_domain.tickets.tables import ticket
from recado_domain.unit_of_work import UnitOfWork

HTTP_CREATED = 201


class TextToSend(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    """Made by the browser; also the Idempotency-Key."""
    ticket_id: UUID
    sender_user_id: UUID
    text: str


class SendAnswer(msgspec.Struct, frozen=True, rename="camel"):
    message: MessageView
    delivery: Literal["now", "when_online"]
    """`when_online`: accepted, and sent as soon as the connection is linked and running."""


async def send(work: UnitOfWork, wanted: TextToSend) -> SendAnswer:
    """Raises IdempotencyKeyReusedError, TicketClosedError, NotFoundError, NoAddressError."""
    if (stored := await _stored_answer(work, wanted)) is not None:
        return stored
    wanted = msgspec.structs.replace(wanted, text=without_nul(wanted.text))
    place = await _append_to_ticket(work, wanted)
    view = await _insert_message(work, wanted, place)
    await _queue(work, wanted, place)
    answer = SendAnswer(view, await _delivery(work, place.connection_id))
    await _keep(work, wanted, answer)
    work.changed(describe_messages, wanted.id, created=True)
    work.changed(describe_tickets, wanted.ticket_id)
    work.ring(bells.outbound(place.connection_id))
    return answer


def _keys(work: UnitOfWork, wanted: TextToSend) -> dict[str, Any]:
    return {"company_id": work.company_id, "user_id": wanted.sender_user_id, "key": str(wanted.id)}


async def _stored_answer(work: UnitOfWork, wanted: TextToSend) -> SendAnswer | None:
    """Claims the key; a request with the same key that is still running is waited for by the database."""
    hashed = request_hash(wanted.ticket_id, wanted.text)
    claimed = await work.execute(
        upsert(idempotency_key)
        .values(**_keys(work, wanted), request_hash=hashed, status=0, response={}, created_at=work.now)
        .on_conflict_do_nothing()
        .returning(idempotency_key.c.key)
    )
    if claimed.one_or_none() is not None:
        return None
    query = select(idempotency_key.c.request_hash, idempotency_key.c.response).filter_by(**_keys(work, wanted))
    row = (await work.execute(query)).one()
    if row.request_hash != hashed:
        raise _reused()
    return msgspec.convert(row.response, SendAnswer)


def _reused() -> IdempotencyKeyReusedError:
    return IdempotencyKeyReusedError(
        "Another message was sent with this Idempotency-Key. Make a new key and send again."
    )


async def _append_to_ticket(work: UnitOfWork, wanted: TextToSend) -> Row[Any]:
    """The ticket's row lock makes one order for the messages of a chat. Answering a free ticket takes it."""
    appended = await work.execute(
        update(ticket)
        .where(ticket.c.company_id == work.company_id, ticket.c.id == wanted.ticket_id, ticket.c.status != "closed")
        .values(
            message_count=ticket.c.message_count + 1,
            unread_count=0,
            status="open",
            assignee_id=func.coalesce(ticket.c.assignee_id, wanted.sender_user_id),
            last_message_at=func.greatest(ticket.c.last_message_at, work.now),
            last_message_preview=preview_of(wanted.text),
            last_message_from_me=True,
            last_message_state="queued",
        )
        .returning(ticket.c.message_count.label("seq"), ticket.c.connection_id, ticket.c.contact_id)
    )
    row = appended.one_or_none()
    if row is None:
        await ticket_view(work, wanted.ticket_id)
        raise TicketClosedError("This ticket is closed. A new message of the customer opens a new one.")
    return row


async def _insert_message(work: UnitOfWork, wanted: TextToSend, place: Row[Any]) -> MessageView:
    inserted = await work.execute(
        upsert(message)
        .values(
            company_id=work.company_id,
            id=wanted.id,
            ticket_id=wanted.ticket_id,
            connection_id=place.connection_id,
            chat=str(place.contact_id),
            from_me=True,
            seq=place.seq,
            kind="text",
            body=wanted.text,
            state="queued",
            origin="recado",
            sender_user_id=wanted.sender_user_id,
            sent_at=work.now,
            created_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["company_id", "id"])
        .returning(*VIEW)
    )
    row = inserted.mappings().one_or_none()
    if row is None:  # a colleague's message has this id
        raise _reused()
    return MessageView(**row)


async def _queue(work: UnitOfWork, wanted: TextToSend, place: Row[Any]) -> None:
    by_preference = case({"pn": 1, "lid": 2}, value=contact_address.c.kind, else_=3)
    query = (
        select(contact_address.c.value)
        .where(contact_address.c.company_id == work.company_id, contact_address.c.contact_id == place.contact_id)
        .order_by(by_preference, contact_address.c.value)
        .limit(1)
    )
    to_jid = (await work.execute(query)).scalar_one_or_none()
    if to_jid is None:
        raise NoAddressError("This contact has no WhatsApp address. Wait until it writes, or open another ticket.")
    await work.execute(
        insert(outbox).values(
            company_id=work.company_id,
            id=new_id(),
            connection_id=place.connection_id,
            message_id=wanted.id,
            chat=str(place.contact_id),
            to_jid=to_jid,
            body={"kind": "text", "text": wanted.text},
        )
    )


async def _delivery(work: UnitOfWork, connection_id: UUID) -> Literal["now", "when_online"]:
    query = select(connection.c.state, connection.c.paused, connection.c.deleted_at).where(
        connection.c.company_id == work.company_id, connection.c.id == connection_id
    )
    row = (await work.execute(query)).one()
    if row.deleted_at is not None:
        raise missing_connection()
    return "now" if row.state in WORKING_STATES and not row.paused else "when_online"


async def _keep(work: UnitOfWork, wanted: TextToSend, answer: SendAnswer) -> None:
    await work.execute(
        update(idempotency_key)
        .filter_by(**_keys(work, wanted))
        .values(status=HTTP_CREATED, response=msgspec.to_builtins(answer))
    )
