from sqlalchemy import BigInteger, Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from recado_domain.metadata import company_key, metadata, moment

stream = Table(
    "stream",
    metadata,
    company_key(),
    Column("name", Text, primary_key=True),
    Column("head", BigInteger),
)

event = Table(
    "event",
    metadata,
    company_key(),
    Column("stream", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("type", Text),
    Column("payload", JSONB),
    moment("created_at"),
)
