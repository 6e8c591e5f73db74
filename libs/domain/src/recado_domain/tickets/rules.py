"""Pages of tickets, and what a list shows of a message. Pure decisions."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

import msgspec

from recado_domain.errors import CursorInvalidError

PREVIEW_LENGTH = 120


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of tickets ended."""

    last_message_at: datetime
    id: UUID


def encode_position(position: Position) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_position(raw: str) -> Position:
    """Raises CursorInvalidError for anything that `encode_position` did not make."""
    try:
        position = msgspec.json.decode(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)), type=Position)
        aware = position.last_message_at.tzinfo is not None
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        aware, position = False, None
    if position is None or not aware:
        raise CursorInvalidError("The cursor of the page is damaged. Start again without `after`.")
    return position


def preview_of(text: str) -> str:
    """One short line."""
    line = " ".join(text[: PREVIEW_LENGTH * 4].split())
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1].rstrip() + "…"
