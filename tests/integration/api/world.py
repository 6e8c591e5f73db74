"""Companies with people, connections and conversations for the API's tests, and browsers for those people.

Rows are seeded with plain SQL, so that a test of one route does not depend on another. Companies of all tests share
one database: what leaks between them fails somewhere.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
from tests.integration.api.resources import MemoryResources
from tests.integration.database import CHEAP_HASHER, Company, Database, _insert_company

from recado_api.app import Parts
from recado_core.ids import new_id
from recado_domain.users.tokens import issue_token

PASSWORD = "correct horse battery staple"
PASSWORD_HASH = CHEAP_HASHER.hash(PASSWORD)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    company_id: int
    id: UUID
    email: str
    session_id: UUID
    token: str
    http: httpx.AsyncClient


class World:
    """One test's view: the running parts, the owner's connection for seeding, and a browser for each person."""

    def __init__(self, parts: Parts, owner: asyncpg.Connection, resources: MemoryResources, database: Database) -> None:
        self.parts = parts
        self.owner = owner
        self.resources = resources
        self.database = database
        self.url = "http://inbox.test"
        self._clients: list[httpx.AsyncClient] = []

    async def close_browsers(self) -> None:
        while self._clients:
            await self._clients.pop().aclose()

    def browser(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        transport = httpx.ASGITransport(app=self.parts.app, raise_app_exceptions=False)  # type: ignore[arg-type]  # Litestar types the scope more narrowly
        client = httpx.AsyncClient(transport=transport, base_url=self.url, headers=headers)
        self._clients.append(client)
        return client

    async def company(self) -> Company:
        company = await _insert_company(self.owner, "Padaria Central")
        self.resources.adopt(company.id, "Padaria Central")
        return company

    async def person(self, company: Company, role: str = "admin", *queues: UUID, version: int = 1) -> Person:
        user_id = new_id()
        email = f"{role}-{user_id.hex[-12:]}@example.com"
        await self.owner.execute(
            "insert into app_user (company_id, id, email, name, role, password_hash, token_version) "
            "values ($1, $2, $3, $4, $5, $6, $7)",
            company.id,
            user_id,
            email,
            role.title(),
            role,
            PASSWORD_HASH,
            version,
        )
        for queue in queues:
            await self.owner.execute("insert into queue_member values ($1, $2, $3)", company.id, queue, user_id)
        async with self.parts.services.database.company(company.id) as work:
            session_id = (await issue_token(work, user_id)).family
        token, _ = self.parts.services.tokens.issue(
            user_id=user_id, company_id=company.id, session_id=session_id, token_version=version
        )
        return Person(
            company_id=company.id,
            id=user_id,
            email=email,
            session_id=session_id,
            token=token,
            http=self.browser(token),
        )

    async def queue(self, company: Company, name: str) -> UUID:
        queue_id = new_id()
        await self.owner.execute(
            "insert into queue (company_id, id, name) values ($1, $2, $3)", company.id, queue_id, name
        )
        return queue_id

    async def connection(self, company: Company, *, managed_by: str = "recado", state: str = "online") -> UUID:
        connection_id = new_id()
        name = f"loja-{connection_id.hex[-8:]}"
        await self.owner.execute(
            "select operator_api.declare_connection($1, $2, $3, 'Loja', $4, false)",
            company.id,
            connection_id,
            name,
            managed_by,
        )
        await self.owner.execute("update connection set state = $2 where id = $1", connection_id, state)
        return connection_id

    async def ticket(
        self, company: Company, connection_id: UUID, *, queue_id: UUID | None = None, messages: int = 0, minute: int = 0
    ) -> UUID:
        contact_id, ticket_id = new_id(), new_id()
        at = LONG_AGO + timedelta(minutes=minute)
        await self.owner.execute(
            "insert into contact (company_id, id, kind, name, phone) "
            "values ($1, $2, 'person', 'Maria', '5511999990000')",
            company.id,
            contact_id,
        )
        await self.owner.execute(
            "insert into contact_address (company_id, kind, value, contact_id) values ($1, 'pn', $2, $3)",
            company.id,
            f"{contact_id.int % 10**12}@s.whatsapp.net",
            contact_id,
        )
        await self.owner.execute(
            "insert into ticket (company_id, id, connection_id, contact_id, queue_id, status, message_count, "
            "unread_count, last_message_at, opened_at) "
            "values ($1, $2, $3, $4, $5, 'pending', $6::int, $6::int, $7, $7)",
            company.id,
            ticket_id,
            connection_id,
            contact_id,
            queue_id or company.queue_id,
            messages,
            at,
        )
        await self.owner.executemany(
            "insert into message (company_id, id, ticket_id, connection_id, chat, wa_id, from_me, seq, kind, body, "
            "state, origin, sent_at) values ($1, $2, $3, $4, $5, $6, false, $7, 'text', $8, 'received', 'live', $9)",
            [
                (company.id, new_id(), ticket_id, connection_id, str(contact_id), f"wa{seq}", seq, f"Oi {seq}", at)
                for seq in range(1, messages + 1)
            ],
        )
        return ticket_id

    async def count(self, query: str, *values: Any) -> int:
        return int(await self.owner.fetchval(query, *values))
