from sqlalchemy import Boolean, Column, Table, Text

from recado_domain.metadata import company_key, identifier, metadata, moment

queue = Table(
    "queue",
    metadata,
    company_key(),
    identifier(),
    Column("name", Text),
    Column("is_default", Boolean),
    moment("created_at"),
)

queue_member = Table(
    "queue_member",
    metadata,
    company_key(),
    identifier("queue_id", primary_key=True),
    identifier("user_id", primary_key=True),
)
