"""A migrated database for one test: copied from a template, which is much faster than migrating each time."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID, uuid4

import asyncpg
import msgspec
from argon2 import PasswordHasher

from recado_core.ids import new_id
from recado_core.settings import DatabaseSettings
from recado_domain.migrate import restrict_connect, upgrade
from recado_domain.provision import Passwords, connect, provision_database
from recado_local.embedded.postgres import SUPERUSER, EmbeddedPostgres

T = TypeVar("T")

PASSWORDS = Passwords(owner="owner-password", app="app-password", operator="operator-password")
TEMPLATE = "recado_template"
ADMIN_PASSWORD = "correct horse battery staple"
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class Database(msgspec.Struct, frozen=True):
    """Where the test's own database is, and how each of our roles logs in."""

    admin: DatabaseSettings
    """The superuser. For faults and for looking behind the curtain, never for the code under test."""

    def as_role(self, user: str, password: str) -> DatabaseSettings:
        return msgspec.structs.replace(self.admin, user=user, password=password)

    @property
    def owner(self) -> DatabaseSettings:
        return self.as_role("recado_owner", PASSWORDS.owner)

    @property
    def app(self) -> DatabaseSettings:
        return self.as_role("recado_app", PASSWORDS.app)

    @property
    def operator(self) -> DatabaseSettings:
        return self.as_role("recado_operator", PASSWORDS.operator)


class Company(msgspec.Struct, frozen=True):
    """A company with its default queue and one admin (password: ADMIN_PASSWORD)."""

    id: int
    queue_id: UUID
    admin_id: UUID
    admin_email: str


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """For synchronous fixtures: the test's own event loop may exist already, so the work gets a thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def superuser(server: EmbeddedPostgres, name: str) -> DatabaseSettings:
    return DatabaseSettings(host=str(server.socket_directory), user=SUPERUSER, password=server.password, name=name)


async def make_template(server: EmbeddedPostgres) -> None:
    admin = superuser(server, "postgres")
    await provision_database(admin, TEMPLATE, PASSWORDS)
    await upgrade(Database(superuser(server, TEMPLATE)).owner)


async def make_database(server: EmbeddedPostgres) -> Database:
    name = f"test_{uuid4().hex}"
    connection = await connect(superuser(server, "postgres"))
    try:
        await connection.execute(f"create database {name} template {TEMPLATE} owner recado_owner strategy file_copy")
    finally:
        await connection.close()
    database = Database(superuser(server, name))
    await restrict_connect(database.owner)
    return database


async def drop_database(server: EmbeddedPostgres, database: Database) -> None:
    connection = await connect(superuser(server, "postgres"))
    try:
        await connection.execute(f"drop database {database.admin.name} with (force)")
    finally:
        await connection.close()


async def seed_company(owner: DatabaseSettings, name: str = "Padaria Central") -> Company:
    """Plain SQL, so that a test of one verb does not depend on another."""
    connection = await connect(owner)
    try:
        return await _insert_company(connection, name)
    finally:
        await connection.close()


async def _insert_company(connection: asyncpg.Connection, name: str) -> Company:
    queue_id, admin_id = new_id(), new_id()
    email = f"ana-{admin_id.hex[-8:]}@example.com"
    company = await connection.fetchval(
        "insert into company (name, slug) values ($1, $2) returning id", name, f"c{queue_id.hex}"
    )
    await connection.execute(
        "insert into queue (company_id, id, name, is_default) values ($1, $2, 'Atendimento', true)", company, queue_id
    )
    await connection.execute(
        "insert into app_user (company_id, id, email, name, role, password_hash) "
        "values ($1, $2, $3, 'Ana', 'admin', $4)",
        company,
        admin_id,
        email,
        CHEAP_HASHER.hash(ADMIN_PASSWORD),
    )
    await connection.execute(
        "insert into stream (company_id, name) values ($1, 'company'), ($1, $2)", company, f"queue:{queue_id}"
    )
    return Company(int(company), queue_id, admin_id, email)
