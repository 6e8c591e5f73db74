"""What the tests of a whole session do and wait for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from tests.contract.session_pod.simulator import MARIA
from tests.integration.session_pod.process import Connection, SessionProcess

from recado_core.ids import new_id

CHAT = f"{MARIA}@s.whatsapp.net"


async def until(what: str, look: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    """The first true answer of `look`; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := await look()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s: {what}"
        await asyncio.sleep(0.05)
    return found


async def code_shown(connection: Connection, *, after: str = "") -> str:
    """The newest QR code, other than `after`."""
    code = await until(
        "a QR code is shown", lambda: connection.look("select qr from pairing where qr <> $1 and qr <> ''", after)
    )
    return str(code)


async def code_to_type(connection: Connection, *, after: str = "") -> str:
    code = await until(
        "a pairing code is shown", lambda: connection.look("select code from pairing where code <> $1", after)
    )
    return str(code)


async def online(connection: Connection, epoch: int | None = None) -> None:
    await until(
        "the session is online",
        lambda: connection.look(
            "select 1 from session_lease where state = 'online' and epoch = $1", epoch or connection.epoch
        ),
    )


async def link(connection: Connection, **settings: str) -> SessionProcess:
    """A session that was linked by QR code and is online."""
    session = await connection.start(**settings)
    code = await code_shown(connection)
    await asyncio.to_thread(connection.environment.account.link, code)
    await online(connection)
    return session


async def say(connection: Connection, text: str, count: int = 1) -> None:
    await asyncio.to_thread(connection.environment.account.say, text, count)


async def stored_messages(connection: Connection) -> list[bytes]:
    rows = await connection.rows("select raw from inbox_event where kind = 'message' order by id")
    return [bytes(row["raw"]) for row in rows]


async def stored(connection: Connection, count: int) -> list[bytes]:
    async def enough() -> bool:
        return len(await stored_messages(connection)) >= count

    await until(f"{count} messages are stored", enough)
    return await stored_messages(connection)


async def queue(connection: Connection, text: str, chat: str = CHAT) -> UUID:
    """An outbox row, as the API writes it."""
    row, company = new_id(), connection.environment.company
    ids = {"company": company.id, "connection": connection.id, "queue": company.queue_id}
    contact, ticket, message = new_id(), new_id(), new_id()
    await connection.execute(
        f"""
        insert into contact (company_id, id, kind, name) values ({ids["company"]}, '{contact}', 'person', 'Maria');
        insert into ticket (company_id, id, connection_id, contact_id, queue_id, status, closed_at)
            values ({ids["company"]}, '{ticket}', '{ids["connection"]}', '{contact}', '{ids["queue"]}',
                    'closed', now());
        insert into message (company_id, id, ticket_id, connection_id, chat, from_me, seq, kind, body, state, origin,
                             sent_at)
            values ({ids["company"]}, '{message}', '{ticket}', '{ids["connection"]}', '{chat}', true, 1, 'text',
                    '{text}', 'queued', 'recado', now());
        insert into outbox (company_id, id, connection_id, message_id, chat, to_jid, body)
            values ({ids["company"]}, '{row}', '{ids["connection"]}', '{message}', '{chat}', '{chat}',
                    jsonb_build_object('kind', 'text', 'text', '{text}'));
        """  # noqa: S608 - literals of this test
    )
    return row


async def outbox_state(connection: Connection, row: UUID, *states: str) -> str:
    """Waits until the row is in one of `states`."""
    found = await until(
        f"the row is {states}",
        lambda: connection.look("select state from outbox where id = $1 and state = any($2::text[])", row, [*states]),
    )
    return str(found)
