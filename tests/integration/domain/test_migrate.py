"""The schema comes up on every PostgreSQL that is installed, twice in a row, and leaves nobody a way around it."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from tests.integration.database import PASSWORDS, Database, seed_company, superuser
from tests.integration.domain.session import OperatorHand

from recado_core.session_states import ExitCode
from recado_core.settings import DatabaseSettings
from recado_domain.migrate import newest_revision, upgrade
from recado_domain.provision import connect, provision_database
from recado_local.embedded.postgres import EmbeddedPostgres

DEBIAN = Path("/usr/lib/postgresql/15/bin")
INSTALLED = ["wheel", *(["15"] if (DEBIAN / "postgres").exists() else [])]


@pytest.fixture(params=INSTALLED)
def fresh_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedPostgres]:
    if request.param != "wheel":
        monkeypatch.setenv("RECADO_POSTGRES_BIN", str(DEBIAN))
    elif "RECADO_POSTGRES_BIN" in os.environ:
        monkeypatch.delenv("RECADO_POSTGRES_BIN")
    directory = Path(tempfile.mkdtemp(prefix="recado-migrate-"))
    directory.chmod(0o711)
    server = EmbeddedPostgres(directory, durable=False)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(server.socket_directory, ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


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


async def test_a_session_lives_and_ends_on_every_version(fresh_server: EmbeddedPostgres) -> None:
    """Who may grant, alter and end which role changed with PostgreSQL 16; the life of a session must not."""
    await provision_database(superuser(fresh_server, "postgres"), "recado", PASSWORDS)
    whole = Database(superuser(fresh_server, "recado"))
    await upgrade(whole.owner)
    company = await seed_company(whole.owner)
    async with AsyncExitStack() as stack:
        operator = await connect(whole.operator)
        stack.push_async_callback(operator.close)
        hand = OperatorHand(whole, operator, stack)
        connection_id = await hand.declare(company)
        first = await hand.take_over(connection_id)
        await first.database.execute("create table engine_store (x int)")
        second = await hand.take_over(connection_id, first.epoch)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await first.call("hello")
        assert await second.database.fetch("select * from engine_store") == []
        assert [row["connection_id"] for row in await second.call("hello")] == [connection_id]
        app = await hand.open(whole.app)
        assert await app.fetch("select * from connection") == []
        await operator.execute("select operator_api.remove_connection($1)", connection_id)
        assert await operator.fetch("select * from operator_api.observe()") == []


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
    assert await connection.fetchval("select string_agg(name, ',') from company") == "Recado"
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
