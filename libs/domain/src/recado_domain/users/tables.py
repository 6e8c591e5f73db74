from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from recado_domain.metadata import company_key, identifier, metadata, moment

app_user = Table(
    "app_user",
    metadata,
    company_key(),
    identifier(),
    Column("email", Text),
    Column("name", Text),
    Column("role", Text),
    Column("password_hash", Text),
    Column("status", Text),
    Column("failed_sign_ins", Integer),
    moment("locked_until"),
    Column("token_version", Integer),
    moment("created_at"),
)

refresh_token = Table(
    "refresh_token",
    metadata,
    company_key(),
    identifier(),
    identifier("user_id"),
    identifier("family"),
    Column("token_hash", LargeBinary),
    identifier("parent"),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at"),
    moment("revoked_at"),
)
