from sqlalchemy import Column, Table, Text

from recado_domain.metadata import company_key, identifier, metadata, moment

contact = Table(
    "contact",
    metadata,
    company_key(),
    identifier(),
    Column("kind", Text),
    Column("name", Text),
    Column("push_name", Text),
    Column("phone", Text),
    moment("created_at"),
)

contact_address = Table(
    "contact_address",
    metadata,
    company_key(),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    identifier("contact_id"),
)
