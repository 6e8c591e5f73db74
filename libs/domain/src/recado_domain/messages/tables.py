from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from recado_domain.metadata import company_key, identifier, metadata, moment

message = Table(
    "message",
    metadata,
    company_key(),
    identifier(),
    identifier("ticket_id"),
    identifier("connection_id"),
    Column("chat", Text),
    Column("wa_id", Text),
    Column("from_me", Boolean),
    Column("seq", BigInteger),
    Column("kind", Text),
    Column("body", Text),
    Column("unsupported_kind", Text),
    Column("state", Text),
    Column("state_reason", Text),
    Column("origin", Text),
    identifier("sender_user_id"),
    moment("sent_at"),
    moment("created_at"),
)

idempotency_key = Table(
    "idempotency_key",
    metadata,
    company_key(),
    identifier("user_id", primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", LargeBinary),
    Column("status", Integer),
    Column("response", JSONB),
    moment("created_at"),
)
