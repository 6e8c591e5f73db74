"""Brings a database to the newest schema. Runs as `recado_owner`; may be repeated and started twice at once."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from recado_core.settings import DatabaseSettings
from recado_domain.engine import create_migration_engine


async def upgrade(owner: DatabaseSettings) -> None:
    """Applies what is missing in one transaction, then restates who may connect."""
    engine = create_migration_engine(owner)
    try:
        async with engine.begin() as connection:
            # Two upgrades that start together take turns; the second finds nothing left to do.
            await connection.execute(text("select pg_advisory_xact_lock(hashtextextended('recado:migrate', 0))"))
            await connection.run_sync(_upgrade)
            await _restrict(connection)
    finally:
        await engine.dispose()


async def restrict_connect(owner: DatabaseSettings) -> None:
    """Only our roles may connect, and none may make temporary tables. Rights on a database itself travel neither with
    a dump nor with a template, so each upgrade states them again.
    """
    engine = create_migration_engine(owner)
    try:
        async with engine.begin() as connection:
            await _restrict(connection)
    finally:
        await engine.dispose()


async def _restrict(connection: AsyncConnection) -> None:
    quoted = (await connection.execute(text("select quote_ident(current_database())"))).scalar_one()
    await connection.execute(text(f"revoke all on database {quoted} from public"))
    roles = "recado_app, recado_operator, recado_session"
    await connection.execute(text(f"grant connect on database {quoted} to {roles}"))


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "recado_domain:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
