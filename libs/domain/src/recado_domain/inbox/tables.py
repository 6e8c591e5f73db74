from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from recado_domain.metadata import company_key, identifier, metadata, moment

inbox_event = Table(
    "inbox_event",
    metadata,
    company_key(),
    Column("id", BigInteger, primary_key=True),
    identifier("connection_id"),
    Column("epoch", BigInteger),
    Column("kind", Text),
    Column("raw", LargeBinary),
    moment("received_at"),
    moment("stored_at"),
    Column("state", Text),
    Column("reason", Text),
)

early_receipt = Table(
    "early_receipt",
    metadata,
    company_key(),
    identifier("connection_id", primary_key=True),
    Column("wa_id", Text, primary_key=True),
    Column("state", Text),
    moment("at"),
)
