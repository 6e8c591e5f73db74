from sqlalchemy import Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from recado_domain.metadata import company_key, identifier, metadata

audit_entry = Table(
    "audit_entry",
    metadata,
    company_key(),
    identifier(),
    identifier("actor_user_id"),
    Column("action", Text),
    Column("subject", Text),
    Column("detail", JSONB),
)
