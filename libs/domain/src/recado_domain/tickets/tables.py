from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from recado_domain.metadata import company_key, identifier, metadata, moment

ticket = Table(
    "ticket",
    metadata,
    company_key(),
    identifier(),
    identifier("connection_id"),
    identifier("contact_id"),
    identifier("queue_id"),
    Column("status", Text),
    identifier("assignee_id"),
    Column("unread_count", Integer),
    Column("message_count", BigInteger),
    moment("last_message_at"),
    Column("last_message_preview", Text),
    Column("last_message_from_me", Boolean),
    Column("last_message_state", Text),
    moment("opened_at"),
    moment("closed_at"),
)
