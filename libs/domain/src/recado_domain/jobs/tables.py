from sqlalchemy import Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from recado_domain.metadata import company_key, identifier, metadata, moment

job = Table(
    "job",
    metadata,
    company_key(),
    identifier(),
    Column("kind", Text),
    Column("key", Text),
    Column("payload", JSONB),
    Column("state", Text),
    Column("attempts", Integer),
    moment("available_at"),
    moment("locked_until"),
    Column("error", Text),
)
