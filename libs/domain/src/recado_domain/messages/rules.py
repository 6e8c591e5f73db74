"""How far a message has come, and what makes two requests to send the same one. Pure decisions."""

import hashlib
from uuid import UUID

from recado_core.engine.wire import Outcome, ReceiptType
from recado_domain.messages.views import MessageState

_RANK: dict[MessageState, int] = {
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "failed": 3,
    "unknown": 3,
    "sent": 4,
    "delivered": 5,
    "read": 6,
    "played": 7,
    "cancelled": 8,
    "received": 8,
}
"""A receipt proves more than a failure that somebody assumed, so `failed` and `unknown` stand below `sent`."""

_AFTER_OUTCOME: dict[Outcome, MessageState] = {
    "sent": "sent",
    "not_sent": "queued",
    "rejected": "failed",
    "no_recipient": "failed",
    "uncertain": "sending",
    "unknown": "unknown",
}


def advance(current: MessageState, evidence: MessageState) -> MessageState:
    """States never go back: the evidence counts when it says more than is known already."""
    return evidence if _RANK[evidence] > _RANK[current] else current


def state_after_outcome(outcome: Outcome) -> MessageState:
    return _AFTER_OUTCOME[outcome]


def state_of_receipt(kind: ReceiptType) -> MessageState | None:
    """None for receipts that say nothing about delivery."""
    return None if kind == "other" else kind


def proves_arrival(state: MessageState) -> bool:
    """WhatsApp has it for certain: nothing is left to be confirmed."""
    return _RANK["sent"] <= _RANK[state] <= _RANK["played"]


def without_nul(text: str) -> str:
    """PostgreSQL cannot store NUL in text; the replacement character shows that something was there."""
    return text.replace("\0", "\ufffd")


def request_hash(ticket_id: UUID, text: str) -> bytes:
    """Two requests with one key are the same request when this is equal."""
    return hashlib.sha256(ticket_id.bytes + text.encode("utf-8", "surrogatepass")).digest()
