"""Cursors of followers: `company=12,queue:<id>=5`."""

import re

from recado_domain.errors import CursorInvalidError

_PART = re.compile(r"(company|(?:queue|user):[0-9a-f-]{36})=(0|[1-9][0-9]{0,17})")

MAXIMUM_STREAMS = 500
MAXIMUM_EVENTS = 1000
"""A follower that missed more is better served by reading the state afresh."""


def parse_cursor(raw: str) -> dict[str, int]:
    """Stream names and the last number seen of each. An empty cursor follows nothing yet."""
    parts = raw.split(",") if raw else []
    matches = [_PART.fullmatch(part) for part in parts]
    if len(parts) > MAXIMUM_STREAMS or not all(matches):
        raise CursorInvalidError(
            "The cursor must look like company=12,queue:<id>=5. Read /api/bootstrap again to get a fresh one."
        )
    cursor = {match[1]: int(match[2]) for match in matches if match}
    if len(cursor) != len(parts):
        raise CursorInvalidError("The cursor names a stream twice. Read /api/bootstrap again to get a fresh one.")
    return cursor


def format_cursor(cursor: dict[str, int]) -> str:
    return ",".join(f"{name}={seq}" for name, seq in cursor.items())


def queue_stream(queue_id: object) -> str:
    return f"queue:{queue_id}"
