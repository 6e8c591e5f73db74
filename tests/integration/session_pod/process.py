"""A real session process of one connection, started the way the operator starts it: take over, then exec."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from redis.asyncio import Redis
from tests.contract.session_pod.simulator import Account
from tests.integration.database import Company, Database

from recado_core import bells
from recado_core.ids import new_id
from recado_core.settings import DatabaseSettings
from recado_domain.provision import connect
from recado_local.embedded import child


class Environment(msgspec.Struct, frozen=True):
    """What a session needs around it."""

    database: Database
    company: Company
    account: Account
    redis_uri: str
    directory: Path


class SessionProcess:
    def __init__(self, process: "subprocess.Popen[bytes]", epoch: int, log: Path) -> None:
        self._process = process
        self._log = log
        self.epoch = epoch

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(5)

    def terminate(self) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self, seconds: float = 30.0) -> int:
        return self._process.wait(seconds)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def log_lines(self) -> list[dict[str, Any]]:
        """Every line is JSON, or this fails."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    @property
    def log_text(self) -> str:
        return self._log.read_text()


class Connection:
    """One WhatsApp connection in the database, and the sessions that the test starts for it."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.id: UUID = new_id()
        self.epoch = 0
        self.password = ""
        self.sessions: list[SessionProcess] = []

    @property
    def role(self) -> str:
        return f"wa_{self.id.hex}"

    @property
    def journal(self) -> Path:
        return self.environment.directory / "journal"

    @property
    def settings(self) -> DatabaseSettings:
        return self.environment.database.as_role(self.role, self.password)

    async def declare(self) -> None:
        await self.operate(
            "select operator_api.declare_connection($1, $2, $3, $3, 'resource', false)",
            self.environment.company.id,
            self.id,
            f"loja-{self.id.hex[-6:]}",
        )

    async def pair_by_code(self) -> None:
        await self.operate(
            "select operator_api.declare_pairing($1, $2)", self.id, f"+{self.environment.account.number}"
        )

    async def take_over(self) -> None:
        self.password = secrets.token_urlsafe(16)
        epoch = await self.operate("select operator_api.take_over($1, $2, $3)", self.id, self.epoch, self.password)
        assert epoch == self.epoch + 1
        self.epoch = epoch

    async def start(self, **settings: str) -> SessionProcess:
        await self.take_over()
        return self.spawn(settings)

    def spawn(self, settings: Mapping[str, str] | None = None) -> SessionProcess:
        log = self.environment.directory / f"session-{self.epoch}.log"
        process = child.spawn([sys.executable, "-m", "recado_session"], log=log, environ=self._environ(settings or {}))
        self.sessions.append(SessionProcess(process, self.epoch, log))
        return self.sessions[-1]

    def _environ(self, settings: Mapping[str, str]) -> dict[str, str]:
        around = self.environment
        return {
            "PATH": os.environ["PATH"],
            "DB_HOST": around.database.admin.host,
            "DB_NAME": around.database.admin.name,
            "DB_USER": self.role,
            "DB_PASS": self.password,
            "REDIS_URI": around.redis_uri,
            "RECADO_EPOCH": str(self.epoch),
            "RECADO_JOURNAL_DIR": str(self.journal),
            "RECADO_WHATSAPP_PROXY": around.account.simulator.proxy,
            "RECADO_SIMULATOR_ROOT_KEY": around.account.simulator.root_key,
            "SSL_CERT_FILE": around.account.simulator.ca_file,
            "NEONIZE_BOT_TAG": "off",
            "GOMEMLIMIT": "160MiB",
            "GOMAXPROCS": "2",
            **settings,
        }

    async def operate(self, query: str, *arguments: Any) -> Any:
        """As the operator does it."""
        return await _fetch_value(self.environment.database.operator, query, *arguments)

    async def look(self, query: str, *arguments: Any) -> Any:
        """One value from behind the curtain."""
        return await _fetch_value(self.environment.database.admin, query, *arguments)

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await connect(self.environment.database.admin)
        try:
            return list(await connection.fetch(query, *arguments))
        finally:
            await connection.close()

    async def execute(self, statements: str) -> None:
        """Writes behind the curtain."""
        connection = await connect(self.environment.database.admin)
        try:
            await connection.execute(statements)
        finally:
            await connection.close()

    async def end_backends(self) -> None:
        """What a restart of PostgreSQL does to the connections of the session, the engine's included."""
        await self.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{self.role}'")  # noqa: S608 - ours

    async def ring_outbound(self, payload: str = "") -> int:
        """How many sessions hear the doorbell of this connection."""
        async with Redis.from_url(self.environment.redis_uri) as redis:
            return int(await redis.publish(bells.outbound(self.id), payload))

    @asynccontextmanager
    async def listening(self, channel: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
        """Hears a doorbell; gives a function that waits for the next payload."""
        async with (
            Redis.from_url(self.environment.redis_uri) as redis,
            redis.pubsub(ignore_subscribe_messages=True) as heard,
        ):
            await heard.subscribe(channel)

            async def next_payload() -> str:
                async for message in heard.listen():
                    return str(message["data"].decode())
                raise AssertionError("Redis ended the subscription")

            yield next_payload

    def stop_all(self) -> None:
        for session in self.sessions:
            if session.running:
                session.kill()


async def _fetch_value(settings: DatabaseSettings, query: str, *arguments: Any) -> Any:
    connection = await connect(settings)
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()
