from sqlalchemy import Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from recado_domain.metadata import company_key, identifier, metadata, moment

outbox = Table(
    "outbox",
    metadata,
    company_key(),
    identifier(),
    identifier("connection_id"),
    identifier("message_id"),
    Column("chat", Text),
    Column("to_jid", Text),
    Column("body", JSONB),
    Column("state", Text),
    Column("wa_id", Text),
    moment("available_at"),
)
