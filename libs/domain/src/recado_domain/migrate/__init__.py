"""Brings a database to the newest schema. Runs as `recado_owner`; may be repeated and started twice at once."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings
from recado_domain.engine import create_migration_engine

MARK = "Recado schema "
"""Begins the comment on a migrated database; the revision follows."""


class UnknownRevisionError(ConfigurationError):
    code = "database.unknown_revision"
    title = "This release does not know the schema of the database"


async def upgrade(owner: DatabaseSettings) -> None:
    """Applies what is missing in one transaction, then restates who may connect. A newer schema stays as it is: it is
    made to work with the releases before it. Raises UnknownRevisionError.
    """
    engine = create_migration_engine(owner)
    try:
        async with engine.begin() as connection:
            # Two upgrades that start together take turns; the second finds nothing left to do.
            await connection.execute(text("select pg_advisory_xact_lock(hashtextextended('recado:migrate', 0))"))
            await connection.run_sync(_upgrade)
            await _restate(connection)
    finally:
        await engine.dispose()


async def restrict_connect(owner: DatabaseSettings) -> None:
    """Only our roles may connect, and none may make temporary tables. Rights on a database itself travel neither with
    a dump nor with a template, and nor does the comment that names its revision, so each upgrade states them again.
    """
    engine = create_migration_engine(owner)
    try:
        async with engine.begin() as connection:
            await _restate(connection)
    finally:
        await engine.dispose()


def newest_revision() -> str:
    """The revision that this release works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def _restate(connection: AsyncConnection) -> None:
    quoted = (await connection.execute(text("select quote_ident(current_database())"))).scalar_one()
    await connection.execute(text(f"revoke all on database {quoted} from public"))
    roles = "recado_app, recado_operator, recado_session"
    await connection.execute(text(f"grant connect on database {quoted} to {roles}"))
    revision = (await connection.execute(text("select version_num from alembic_version"))).scalar_one()
    comment = (await connection.execute(text("select quote_literal(:mark)"), {"mark": MARK + revision})).scalar_one()
    await connection.execute(text(f"comment on database {quoted} is {comment}"))


def _upgrade(connection: Connection) -> None:
    config = _config()
    if _is_newer(MigrationContext.configure(connection).get_current_revision()):
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _is_newer(revision: str | None) -> bool:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is None or revision in known:
        return False
    if revision > max(known):
        return True
    raise UnknownRevisionError(
        f"The database has schema {revision}, from before the first release. Make a new database "
        "(`recado reset` removes that of a demo)"
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "recado_domain:migrations")
    config.set_main_option("path_separator", "os")
    return config
