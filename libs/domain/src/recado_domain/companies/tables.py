from sqlalchemy import BigInteger, Column, Identity, Integer, Table, Text

from recado_domain.metadata import metadata, moment

company = Table(
    "company",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text),
    Column("slug", Text),
    Column("status", Text),
    Column("max_agents", Integer),
    moment("created_at"),
)
