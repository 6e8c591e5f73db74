"""Appends events to the log. One statement moves the heads and writes the events, so no number is ever skipped, and
since it is the last of its transaction, the order of numbers is the order of commits.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import CursorResult, Executable, text

from recado_domain.broadcast import Frame
from recado_domain.streams.events import Event

# Heads are locked in the order of their names: two transactions with two streams each cannot wait for one another.
APPEND = text("""
with given as (
    select stream, type, payload, row_number() over (partition by stream order by place) as nth
    from unnest(cast(:streams as text[]), cast(:types as text[]), cast(:payloads as text[]))
        with ordinality as given (stream, type, payload, place)
), moved as (
    insert into stream as s (company_id, name, head)
    select cast(:company as bigint), stream, count(*) from given group by stream order by stream
    on conflict (company_id, name) do update set head = s.head + excluded.head
    returning name, head
), sized as (
    select stream, count(*) as size from given group by stream
), written as (
    insert into event (company_id, stream, seq, type, payload)
    select cast(:company as bigint), given.stream, moved.head - sized.size + given.nth, given.type,
        cast(given.payload as jsonb)
    from given join moved on moved.name = given.stream join sized on sized.stream = given.stream
)
select moved.name, moved.head, sized.size from moved join sized on sized.stream = moved.name order by moved.name
""")


Execute = Callable[[Executable, Mapping[str, Any]], Awaitable[CursorResult[Any]]]


async def append(execute: Execute, company_id: int, events: Sequence[tuple[str, Event]]) -> list[Frame]:
    """The frames to emit after the commit, one for each stream."""
    if not events:
        return []
    payloads = [(stream, msgspec.to_builtins(event)) for stream, event in events]
    moved = await execute(
        APPEND,
        {
            "company": company_id,
            "streams": [stream for stream, _ in payloads],
            "types": [payload["type"] for _, payload in payloads],
            "payloads": [msgspec.json.encode(payload).decode() for _, payload in payloads],
        },
    )
    return [
        Frame(
            stream=row.name,
            prev=row.head - row.size,
            seq=row.head,
            events=[payload for stream, payload in payloads if stream == row.name],
        )
        for row in moved
    ]
