"""Alembic's entry: `recado_domain.migrate` hands the connection over, nothing is read from an alembic.ini."""

from alembic import context
from sqlalchemy import Connection

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection)

with context.begin_transaction():
    context.run_migrations()
