from sqlalchemy import BigInteger, Column, Identity, Table, Text

from recado_domain.metadata import metadata, moment

company = Table(
    "company",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text),
    Column("slug", Text),
    Column("status", Text),
    moment("created_at"),
)
