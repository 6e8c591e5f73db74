"""Doorbells: Redis channels that say "look now". They carry no truth; losing one costs a second of polling."""

from uuid import UUID

INBOX = "recado:bell:inbox"
"""Something new is in `inbox_event`; the payload is `<company_id>:<connection_id>`."""

SESSION_STATE = "recado:bell:session-state"
"""A session's state changed, or somebody wants it to; the payload is the connection's id. The operator listens."""

WISH = "wish"
"""Payload on the channel `outbound`: somebody wants something of the session itself. It asks its lease at once."""


def outbound(connection_id: UUID) -> str:
    """The channel that tells the session of `connection_id` that `outbox` has work for it."""
    return f"recado:bell:outbound:{connection_id}"


def inbox_payload(company_id: int, connection_id: UUID) -> str:
    return f"{company_id}:{connection_id}"


def parse_inbox_payload(payload: str) -> tuple[int, UUID]:
    """Raises ValueError for anything that `inbox_payload` did not make."""
    company, _, connection = payload.partition(":")
    return int(company), UUID(connection)
