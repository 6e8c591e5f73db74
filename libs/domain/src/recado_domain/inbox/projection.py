"""Applies what came in to a `Batch`, in memory: the rules of the inbox in one place, without a database.

Every function may be called twice with the same event; the second time changes nothing.
"""

from datetime import UTC, datetime, timedelta
from typing import assert_never
from uuid import UUID

from recado_core.engine.wire import (
    Content,
    EngineEvent,
    Ignored,
    MessageReceived,
    Nothing,
    OutboundReport,
    ReceiptReceived,
    SessionStateReport,
    Text,
    Unsupported,
    Waiting,
)
from recado_core.ids import new_id
from recado_domain.contacts.rules import addresses_of
from recado_domain.inbox.changes import Batch, MessageRow, TicketRow
from recado_domain.inbox.errors import NotApplicableError
from recado_domain.messages.rules import advance, proves_arrival, state_after_outcome, state_of_receipt, without_nul
from recado_domain.messages.views import MessageKind, MessageOrigin, MessageState
from recado_domain.tickets.rules import preview_of

UNDECRYPTABLE: MessageKind = "undecryptable"
CUT_OFF = timedelta(seconds=2)
EARLIEST = datetime(2009, 1, 1, tzinfo=UTC)


def apply(batch: Batch, event: EngineEvent) -> None:
    """Raises NotApplicableError when the row must be set aside."""
    match event:
        case MessageReceived():
            apply_received(batch, event)
        case Waiting():
            apply_undecryptable(batch, event)
        case ReceiptReceived():
            apply_receipt(batch, event)
        case OutboundReport():
            apply_outbound_report(batch, event)
        case SessionStateReport():
            apply_session_state(batch, event)
        case Nothing():
            pass
        case unreachable:
            assert_never(unreachable)


def apply_received(batch: Batch, event: MessageReceived) -> None:
    """A message of the customer, or one that the owner wrote on the phone."""
    contact_id = batch.contact_of[next(iter(addresses_of(event.chat)))]
    known = batch.find(event.wa_id, str(contact_id), from_me=event.from_me)
    if known is not None and known.kind == UNDECRYPTABLE:
        _set_content(batch, known, event.content)
    elif known is not None:
        if event.from_me:  # our own message came back from another device: it is out
            _advance(batch, known, "sent")
    elif not isinstance(event.content, Ignored):
        _append(batch, contact_id, event, event.content)


def apply_undecryptable(batch: Batch, event: Waiting) -> None:
    """A placeholder, so that people see that something is missing; the message itself replaces it when it comes."""
    contact_id = batch.contact_of[next(iter(addresses_of(event.chat)))]
    if batch.find(event.wa_id, str(contact_id), from_me=event.from_me) is None:
        _append(batch, contact_id, event, None)


def apply_receipt(batch: Batch, event: ReceiptReceived) -> None:
    """Moves our messages on. One that overtook the report of its own sending waits for it."""
    state = state_of_receipt(event.type)
    if state is None or event.from_me:
        return
    for wa_id in event.wa_ids:
        ours = [message for message in batch.by_wa_id.get(wa_id, ()) if message.from_me]
        for message in ours:
            _advance(batch, message, state)
        if not ours:
            batch.early[wa_id] = advance(batch.early.get(wa_id, "sent"), state)
            batch.early_changed[wa_id] = (batch.early[wa_id], event.at)


def apply_outbound_report(batch: Batch, event: OutboundReport) -> None:
    """How an attempt to send went."""
    message = batch.messages.get(event.message_id)
    if message is None:
        raise NotApplicableError(f"The report names message {event.message_id}, which is not of this connection")
    if event.wa_id is not None and message.wa_id is None and not _is_taken(batch, message, event.wa_id):
        message.wa_id = event.wa_id
        batch.know(message)
        batch.touch_message(message)
    _advance(batch, message, state_after_outcome(event.outcome), event.reason)
    _use_early_receipt(batch, message)


def _use_early_receipt(batch: Batch, message: MessageRow) -> None:
    if message.wa_id is not None and (early := batch.early.pop(message.wa_id, None)) is not None:
        batch.early_used.add(message.wa_id)
        batch.early_changed.pop(message.wa_id, None)
        _advance(batch, message, early)


def _is_taken(batch: Batch, message: MessageRow, wa_id: str) -> bool:
    other = batch.find(wa_id, message.chat, from_me=True)
    return other is not None and other is not message


def apply_session_state(batch: Batch, event: SessionStateReport) -> None:
    """The last word of the highest epoch counts."""
    if batch.connection_state is None or event.epoch >= batch.connection_state.epoch:
        batch.connection_state = event


def _append(batch: Batch, contact_id: UUID, event: MessageReceived | Waiting, content: Content | None) -> None:
    ticket = batch.live.get(contact_id) or _open_ticket(batch, contact_id)
    kind, body, unsupported_kind = _columns(content)
    ticket.message_count += 1
    state: MessageState = "sent" if event.from_me else "received"
    message = MessageRow(
        id=new_id(),
        ticket_id=ticket.id,
        chat=str(contact_id),
        wa_id=event.wa_id,
        from_me=event.from_me,
        seq=ticket.message_count,
        kind=kind,
        body=body,
        unsupported_kind=unsupported_kind,
        state=state,
        state_reason=None,
        origin=_origin(event),
        sent_at=event.sent_at,
    )
    batch.new_messages[message.id] = message
    batch.know(message)
    if event.from_me:
        ticket.unread_count, ticket.status = 0, "open"  # the owner answered on the phone
    else:
        ticket.unread_count += 1
    ticket.last_message_at = max(ticket.last_message_at, _shown_at(batch, event.sent_at))
    _show_last(batch, ticket, message)
    if event.from_me:
        _use_early_receipt(batch, message)


def _shown_at(batch: Batch, sent_at: datetime) -> datetime:
    """WhatsApp cuts times to whole seconds; beside our own answers a fresh message would seem older than it is."""
    return batch.now if batch.now - sent_at < CUT_OFF else sent_at


def _origin(event: MessageReceived | Waiting) -> MessageOrigin:
    if isinstance(event, MessageReceived):
        return event.origin
    return "phone" if event.from_me else "live"


def _open_ticket(batch: Batch, contact_id: UUID) -> TicketRow:
    ticket = TicketRow(new_id(), contact_id, "pending", 0, 0, last_message_at=EARLIEST)
    batch.new_tickets[ticket.id] = batch.tickets[ticket.id] = batch.live[contact_id] = ticket
    return ticket


def _columns(content: Content | None) -> tuple[MessageKind, str, str | None]:
    match content:
        case Text(text):
            return "text", without_nul(text), None
        case Unsupported(kind):
            return "unsupported", "", without_nul(kind)
        case Ignored():
            return "unsupported", "", "technical"
        case None:
            return UNDECRYPTABLE, "", None
        case unreachable:
            assert_never(unreachable)


def _set_content(batch: Batch, message: MessageRow, content: Content) -> None:
    message.kind, message.body, message.unsupported_kind = _columns(content)
    batch.touch_message(message)
    ticket = batch.tickets[message.ticket_id]
    if message.seq == ticket.message_count:
        _show_last(batch, ticket, message)


def _advance(batch: Batch, message: MessageRow, evidence: MessageState, reason: str | None = None) -> None:
    state = advance(message.state, evidence)
    if proves_arrival(state) and message.origin == "recado":
        batch.confirmed.add(message.id)
    if state == message.state:
        return
    message.state, message.state_reason = state, reason
    batch.touch_message(message)
    ticket = batch.tickets[message.ticket_id]
    if message.seq == ticket.message_count:
        _show_last(batch, ticket, message)


def _show_last(batch: Batch, ticket: TicketRow, message: MessageRow) -> None:
    ticket.last_message_preview = preview_of(message.body) or f"[{message.unsupported_kind or message.kind}]"
    ticket.last_message_from_me = message.from_me
    ticket.last_message_state = message.state
    batch.touch_ticket(ticket)
