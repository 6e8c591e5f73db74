"""Prepares a PostgreSQL server for Recado: the one step that needs a superuser. Everything after it is done by
`recado_owner`, who may create roles but is no superuser. May be repeated: passwords are set to what is given.
"""

import asyncpg
import msgspec

from recado_core.errors import ConfigurationError
from recado_core.settings import DatabaseSettings
from recado_core.tls import database_ssl


class Passwords(msgspec.Struct, frozen=True, kw_only=True):
    """One for each role that logs in; generate them, for example with `secrets.token_urlsafe(32)`."""

    owner: str
    app: str
    operator: str


ATTRIBUTES = {
    "recado_owner": "login createrole inherit",
    "recado_app": "login noinherit",
    "recado_operator": "login noinherit",
}


async def provision_database(admin: DatabaseSettings, name: str, passwords: Passwords) -> None:
    """Makes the roles that log in and the database `name`, where they are missing; `admin` names any database."""
    connection = await connect(admin)
    try:
        given = {"owner": passwords.owner, "app": passwords.app, "operator": passwords.operator}
        for role, attributes in ATTRIBUTES.items():
            await _make_role(connection, role, attributes, given[role.removeprefix("recado_")])
        if not await connection.fetchval("select exists (select from pg_database where datname = $1)", name):
            await connection.execute(
                f"create database {await _identifier(connection, name)} owner recado_owner encoding 'UTF8' "
                "template template0"
            )
    finally:
        await connection.close()


async def set_passwords(owner: DatabaseSettings, passwords: Passwords) -> None:
    """Gives recado_app and recado_operator their passwords where there is no superuser: `owner` may, when it made them
    itself. One that is empty or in force already is left as it is. Raises ConfigurationError.
    """
    for role, password in (("recado_app", passwords.app), ("recado_operator", passwords.operator)):
        if password and not await _may_log_in(msgspec.structs.replace(owner, user=role, password=password)):
            await _set_password(owner, role, password)


async def _may_log_in(settings: DatabaseSettings) -> bool:
    try:
        connection = await connect(settings)
    except asyncpg.InvalidAuthorizationSpecificationError:
        return False
    await connection.close()
    return True


async def _set_password(owner: DatabaseSettings, role: str, password: str) -> None:
    connection = await connect(owner)
    try:
        quoted = await connection.fetchval("select quote_literal($1::text)", password)
        await connection.execute(f"alter role {role} password {quoted}")
    except asyncpg.InsufficientPrivilegeError as error:
        raise ConfigurationError(
            f"{owner.user} may not set the password of {role}, which somebody else made. Set it as a superuser (alter "
            f"role {role} password …), or give RECADO_DB_ADMIN_USER and RECADO_DB_ADMIN_PASSWORD"
        ) from error
    finally:
        await connection.close()


async def connect(settings: DatabaseSettings) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        password=settings.password,
        database=settings.name,
        ssl=database_ssl(settings),
        timeout=10,
    )


async def _make_role(connection: asyncpg.Connection, role: str, attributes: str, password: str) -> None:
    known = await connection.fetchval("select exists (select from pg_roles where rolname = $1)", role)
    quoted = await connection.fetchval("select quote_literal($1::text)", password)
    verb = "alter" if known else "create"
    await connection.execute(f"{verb} role {role} {attributes} password {quoted}")


async def _identifier(connection: asyncpg.Connection, name: str) -> str:
    return str(await connection.fetchval("select quote_ident($1)", name))
