"""A connection's inbox as the worker's tests see it: raw bytes go in by the session's own function, rows come out."""

import itertools
import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from redis.asyncio import Redis
from tests.integration.database import Company
from tests.integration.domain.session import Session
from tests.unit.core.engine import samples

from recado_core import bells

CHATS = 25

_number = itertools.count(1)

Event = tuple[str, bytes]
"""Kind and raw bytes."""


def customer(number: int) -> str:
    return f"7{number:014d}@lid"


def written(chat: str, text: str, wa_id: str | None = None, *, alt: str = "") -> Event:
    """A live message of a customer."""
    about = samples.info(
        samples.source(chat, alt=alt), wa_id=wa_id or f"3EB0{next(_number):016X}", at=datetime.now(UTC)
    )
    return "message", samples.text(text, about)


def receipt(wa_id: str, kind: int = 1, chat: str = samples.MARIA_LID) -> Event:
    return "receipt", samples.receipt([wa_id], kind, samples.source(chat), datetime.now(UTC))


def conversations(count: int) -> tuple[list[Event], dict[str, list[str]]]:
    """`count` numbered texts spread over the chats, and what people must see of them."""
    dice = random.Random(count)  # noqa: S311 - a fixed shuffle
    events: list[Event] = []
    expected: dict[str, list[str]] = {}
    for number in range(count):
        chat = customer(dice.randrange(CHATS))
        events.append(written(chat, f"text {number}"))
        expected.setdefault(chat, []).append(f"text {number}")
    return events, expected


class Inbox(msgspec.Struct, frozen=True):
    company: Company
    session: Session
    behind: asyncpg.Connection
    """The superuser's look at the tables, for asserting only."""

    @property
    def connection_id(self) -> UUID:
        return self.session.connection_id

    async def store(self, *events: Event, keys: list[str] | None = None) -> None:
        """What the session does with a batch of its journal."""
        now = datetime.now(UTC)
        given = keys or [f"key-{next(_number)}" for _ in events]
        await self.session.call(
            "ingest", given, [kind for kind, _ in events], [raw for _, raw in events], [now for _ in events]
        )

    async def ring(self, redis: "Redis") -> None:
        await redis.publish(bells.INBOX, bells.inbox_payload(self.company.id, self.connection_id))

    async def texts(self) -> dict[str, list[str]]:
        """By contact, in the order in which people see them."""
        rows = await self.behind.fetch(
            "select a.value, m.body from message m join ticket t on t.company_id = m.company_id and t.id = m.ticket_id "
            "join contact_address a on a.company_id = m.company_id and a.contact_id = t.contact_id and a.kind <> 'pn' "
            "where m.connection_id = $1 order by t.opened_at, t.id, m.seq",
            self.connection_id,
        )
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["value"], []).append(row["body"])
        return found

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.behind.fetch(query, *values)]

    async def count(self, state: str) -> int:
        return int(await self.behind.fetchval("select count(*) from inbox_event where state = $1", state))
