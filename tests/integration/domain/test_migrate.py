"""The schema comes up on every PostgreSQL that we promise, twice in a row, and leaves nobody a way around it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from tests.integration.database import PASSWORDS, Database, superuser
from tests.integration.servers import RELEASES, running

from recado_core.session_states import ExitCode
from recado_core.settings import DatabaseSettings
from recado_domain.migrate import newest_revision, upgrade
from recado_domain.provision import connect, provision_database
from recado_local.embedded.postgres import EmbeddedPostgres


@pytest.fixture(params=RELEASES)
def fresh_server(request: pytest.FixtureRequest) -> Iterator[EmbeddedPostgres]:
    with running(request.param) as server:
        yield server


async def _tables(settings: DatabaseSettings) -> int:
    connection = await connect(settings)
    try:
        return int(await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'"))
    finally:
        await connection.close()


async def test_upgrade_makes_the_schema_and_may_be_repeated(fresh_server: EmbeddedPostgres) -> None:
    for _ in range(2):
        await provision_database(superuser(fresh_server, "postgres"), "recado", PASSWORDS)
        owner = Database(superuser(fresh_server, "recado")).owner
        await asyncio.gather(upgrade(owner), upgrade(owner))
        assert await _tables(owner) > 20


def _migrate(admin: DatabaseSettings, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    given = {"DB_HOST": admin.host, "DB_NAME": "recado", "RECADO_DB_PATIENCE_SECONDS": "0", **environment}
    return subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "recado_domain.migrate", *arguments],
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


FIRST = {"RECADO_FIRST_ADMIN_EMAIL": "ana@example.com", "RECADO_FIRST_ADMIN_PASSWORD": "a long enough one"}
OWNER = {"DB_USER": "recado_owner", "DB_PASS": PASSWORDS.owner, "RECADO_DB_APP_PASSWORD": PASSWORDS.app}


async def _login(settings: DatabaseSettings) -> str:
    connection = await connect(settings)
    try:
        return str(await connection.fetchval("select session_user"))
    finally:
        await connection.close()


async def test_one_command_prepares_an_empty_server(fresh_server: EmbeddedPostgres) -> None:
    admin = superuser(fresh_server, "recado")
    makers = {"RECADO_DB_ADMIN_USER": admin.user, "RECADO_DB_ADMIN_PASSWORD": admin.password}
    operator = {"RECADO_DB_OPERATOR_PASSWORD": PASSWORDS.operator}
    early = _migrate(admin, "--wait", DB_USER="recado_app", DB_PASS=PASSWORDS.app)
    assert early.returncode == ExitCode.TRY_AGAIN
    assert "Look at the database first" in early.stderr
    for _ in range(2):
        done = _migrate(admin, **OWNER, **makers, **operator, **FIRST)
        assert (done.returncode, done.stderr.count("Traceback")) == (0, 0), done.stderr
    whole = Database(admin)
    for role, settings in (("recado_app", whole.app), ("recado_operator", whole.operator)):
        assert await _login(settings) == role
        waited = _migrate(admin, "--wait", DB_USER=role, DB_PASS=settings.password)
        assert waited.returncode == 0, waited.stderr
    connection = await connect(admin)
    assert [row["name"] for row in await connection.fetch("select name from company")] == ["Recado"]
    await connection.execute("comment on database recado is 'Recado schema 0000'")
    await connection.close()
    old = _migrate(admin, "--wait", DB_USER="recado_app", DB_PASS=PASSWORDS.app)
    assert old.returncode == ExitCode.TRY_AGAIN
    assert f"The schema is 0000, this release needs {newest_revision()}" in old.stderr


async def test_an_owner_who_may_make_roles_needs_no_superuser(fresh_server: EmbeddedPostgres) -> None:
    """As on a managed database, where somebody made the owner and the database for us."""
    server = await connect(superuser(fresh_server, "postgres"))
    await server.execute(f"create role recado_owner login createrole password '{PASSWORDS.owner}'")
    await server.execute("create database recado owner recado_owner")
    await server.close()
    admin = superuser(fresh_server, "recado")
    for operator in (PASSWORDS.operator, "another-password", PASSWORDS.operator):
        done = _migrate(admin, **OWNER, RECADO_DB_OPERATOR_PASSWORD=operator, **FIRST)
        assert done.returncode == 0, done.stderr
    assert await _login(Database(admin).app) == "recado_app"
    assert await _login(Database(admin).operator) == "recado_operator"


async def test_what_it_cannot_do_is_told(fresh_server: EmbeddedPostgres) -> None:
    """A superuser made the roles once; from then on the owner migrates alone."""
    await provision_database(superuser(fresh_server, "postgres"), "recado", PASSWORDS)
    admin = superuser(fresh_server, "recado")
    short = _migrate(admin, **OWNER, **FIRST | {"RECADO_FIRST_ADMIN_PASSWORD": "short"})
    assert short.returncode == ExitCode.CONFIGURATION
    assert "less than 10 characters" in short.stderr
    stranger = _migrate(admin, **OWNER | {"RECADO_DB_APP_PASSWORD": "another"})
    if stranger.returncode:  # before PostgreSQL 16 whoever may make roles may alter all
        assert stranger.returncode == ExitCode.CONFIGURATION
        assert "Set it as a superuser" in stranger.stderr
    assert "Traceback" not in stranger.stderr


@asynccontextmanager
async def _at_revision(server: EmbeddedPostgres, revision: str) -> AsyncIterator[DatabaseSettings]:
    """A migrated database that calls its schema `revision`, and still does so in the end."""
    await provision_database(superuser(server, "postgres"), "recado", PASSWORDS)
    admin = superuser(server, "recado")
    await upgrade(Database(admin).owner)
    connection = await connect(admin)
    try:
        await connection.execute("update alembic_version set version_num = $1", revision)
        yield admin
        assert await connection.fetchval("select version_num from alembic_version") == revision
    finally:
        await connection.close()


async def test_a_newer_schema_is_left_to_the_release_that_made_it(fresh_server: EmbeddedPostgres) -> None:
    """`helm rollback` runs the older release's job too."""
    async with _at_revision(fresh_server, "9999") as admin:
        for arguments in ((), ("--wait",)):
            done = _migrate(admin, *arguments, **OWNER)
            assert done.returncode == 0, done.stderr


async def test_a_schema_of_before_the_first_release_is_told_and_left_alone(fresh_server: EmbeddedPostgres) -> None:
    async with _at_revision(fresh_server, "0000") as admin:
        refused = _migrate(admin, **OWNER)
        assert refused.returncode == ExitCode.CONFIGURATION
        assert "The database has schema 0000, from before the first release" in refused.stderr
        assert "Make a new database" in refused.stderr
        assert "Traceback" not in refused.stderr
