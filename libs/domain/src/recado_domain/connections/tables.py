from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from recado_domain.metadata import company_key, identifier, metadata, moment

connection = Table(
    "connection",
    metadata,
    company_key(),
    identifier(),
    Column("name", Text),
    Column("display_name", Text),
    Column("state", Text),
    Column("state_reason", Text),
    moment("state_since"),
    Column("phone", Text),
    Column("jid", Text),
    Column("lid", Text),
    Column("platform", Text),
    Column("paused", Boolean),
    moment("pairing_requested_at"),
    Column("pairing_phone", Text),
    Column("managed_by", Text),
    moment("created_at"),
    moment("deleted_at"),
)

session_lease = Table(
    "session_lease",
    metadata,
    company_key(),
    identifier("connection_id", primary_key=True),
    Column("epoch", BigInteger),
    Column("state", Text),
    Column("reason", Text),
    Column("exit_code", Integer),
)

pairing = Table(
    "pairing",
    metadata,
    company_key(),
    identifier("connection_id", primary_key=True),
    Column("qr", Text),
    Column("code", Text),
    moment("expires_at"),
    Column("round", Integer),
)
