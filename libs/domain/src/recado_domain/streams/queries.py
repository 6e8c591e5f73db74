"""Reads the event log for followers that missed something."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Row, and_, or_, select

from recado_domain.broadcast import Frame
from recado_domain.metadata import one_of
from recado_domain.streams.rules import MAXIMUM_EVENTS
from recado_domain.streams.tables import event, stream
from recado_domain.unit_of_work import SystemUnitOfWork, UnitOfWork


class Missed(msgspec.Struct, frozen=True):
    """`reset`: the log cannot close the gap, read the state afresh; `cursor` is where to follow from then on."""

    frames: list[Frame]
    cursor: dict[str, int]
    reset: bool


async def heads(work: UnitOfWork, streams: Collection[str]) -> dict[str, int]:
    """The last number of each; 0 for a stream to which nothing has happened yet."""
    found = await work.execute(
        select(stream.c.name, stream.c.head).where(
            stream.c.company_id == work.company_id, one_of(stream.c.name, streams)
        )
    )
    known = {row.name: row.head for row in found}
    return {name: known.get(name, 0) for name in streams}


async def all_heads(work: SystemUnitOfWork, companies: Collection[int]) -> dict[tuple[int, str], int]:
    """Of every stream of these companies: for the beacon that tells sockets which heads moved."""
    found = await work.execute(
        select(stream.c.company_id, stream.c.name, stream.c.head).where(stream.c.company_id.in_(companies))
    )
    return {(row.company_id, row.name): row.head for row in found}


async def events_since(work: UnitOfWork, cursor: Mapping[str, int], allowed: Collection[str]) -> Missed:
    """What happened after `cursor` in the `allowed` streams. A stream that is allowed but not in the cursor is new to
    the follower, one that is in it but not allowed is lost to it: both need a fresh read of the state.
    """
    now = await heads(work, allowed)
    if set(cursor) != set(allowed) or any(cursor[name] > head for name, head in now.items()):
        return Missed([], now, reset=True)
    behind = {name: seq for name, seq in cursor.items() if seq < now[name]}
    rows = await _events(work, behind, now) if behind else []
    frames = [_frame(name, cursor[name], list(found)) for name, found in groupby(rows, key=lambda row: str(row.stream))]
    complete = sum(now[name] - seq for name, seq in behind.items()) == len(rows)
    return Missed(frames, now, reset=False) if complete else Missed([], now, reset=True)


async def _events(work: UnitOfWork, behind: Mapping[str, int], now: Mapping[str, int]) -> Sequence[Row[Any]]:
    gaps = [and_(event.c.stream == name, event.c.seq > seq, event.c.seq <= now[name]) for name, seq in behind.items()]
    query = (
        select(event.c.stream, event.c.seq, event.c.payload)
        .where(event.c.company_id == work.company_id, or_(*gaps))
        .order_by(event.c.stream, event.c.seq)
        .limit(MAXIMUM_EVENTS)
    )
    return (await work.execute(query)).all()


def _frame(name: str, prev: int, rows: Sequence[Row[Any]]) -> Frame:
    return Frame(name, prev, rows[-1].seq, [row.payload for row in rows])
