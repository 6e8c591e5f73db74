"""Prepares a PostgreSQL server for Recado: the one step that needs a superuser. Everything after it is done by
`recado_owner`, who may create roles but is no superuser. May be repeated: passwords are set to what is given.
"""

import asyncpg
import msgspec

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
