"""From the engine's bytes to `wire` structs. Anything else than a struct or a `DecodeError` is a bug: one row that
cannot be read is quarantined with the error's text, whatever the bytes are, and never holds up the rows behind it.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import msgspec
from google.protobuf import message as protobuf

from recado_core.engine import schema_pb2 as schema
from recado_core.engine.addresses import BROADCAST_SERVER, STATUS, chat_of, is_direct, sender_of, server_of, text_of
from recado_core.engine.contents import content_of
from recado_core.engine.errors import DecodeError
from recado_core.engine.wire import (
    EngineEvent,
    Ignored,
    MessageReceived,
    Nothing,
    Origin,
    OutboundReport,
    Party,
    ReceiptReceived,
    ReceiptType,
    SessionStateReport,
    Waiting,
)

OFFLINE_AFTER = timedelta(seconds=60)
"""The engine does not mark what it fetches after an absence; what is older than this on arrival was waiting for us."""

LONGEST_ID = 128
LONGEST_NAME = 200
FIRST_SECOND = 1_230_768_000
"""2009, the year WhatsApp began: earlier times are garbage, and so are those beyond the year 2100."""
LAST_SECOND = 4_102_444_800

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

RECEIPT_TYPES: dict[int, ReceiptType] = {1: "delivered", 4: "read", 6: "played"}
"""By neonize's `Receipt.ReceiptType`. READ_SELF and the like come from the owner's devices: "other"."""

HIDE = 2
"""neonize's DECRYPT_FAIL_HIDE: a reaction or a vote, that WhatsApp itself shows no placeholder for."""


def event(kind: str, raw: bytes, received_at: datetime | None = None) -> EngineEvent:
    """Reads a row of `inbox_event`, whatever its kind."""
    if kind == "message":
        return message(raw, received_at)
    if reader := _READERS.get(kind):
        return reader(raw)
    raise DecodeError(f"The kind {kind[:40]!r} is unknown; a newer session may have stored it: upgrade the workers")


def message(raw: bytes, received_at: datetime | None = None) -> MessageReceived:
    """Event 17. `received_at` tells what was waiting while the session was away from what is live."""
    return _guarded(lambda: _message(_parse(schema.Message(), raw), received_at))


def receipt(raw: bytes) -> ReceiptReceived | Nothing:
    """Event 18."""
    return _guarded(lambda: _receipt(_parse(schema.Receipt(), raw)))


def undecryptable(raw: bytes) -> Waiting | Nothing:
    """Event 44."""
    return _guarded(lambda: _waiting(_parse(schema.Undecryptable(), raw)))


def report(raw: bytes) -> OutboundReport:
    return _guarded(lambda: msgspec.json.decode(raw, type=OutboundReport))


def state(raw: bytes) -> SessionStateReport:
    return _guarded(lambda: msgspec.json.decode(raw, type=SessionStateReport))


_READERS: dict[str, Callable[[bytes], EngineEvent]] = {
    "receipt": receipt,
    "undecryptable": undecryptable,
    "outbound_report": report,
    "session_state": state,
}

KINDS = frozenset({"message", *_READERS})
"""Of `inbox_event`."""

Struct = TypeVar("Struct")


class _Parsed(Protocol):
    def MergeFromString(self, serialized: bytes, /) -> int: ...  # noqa: N802 - protobuf's name


Parsed = TypeVar("Parsed", bound=_Parsed)


def _guarded(read: Callable[[], Struct]) -> Struct:
    try:
        return read()
    except (protobuf.Error, msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        raise DecodeError(f"Broken bytes: {str(error)[:200]}".replace("\0", "")) from error


def _parse(empty: Parsed, raw: bytes) -> Parsed:
    empty.MergeFromString(raw)
    return empty


def _message(parsed: schema.Message, received_at: datetime | None) -> MessageReceived:
    info, source = parsed.info, parsed.info.source
    sent_at = _time(info.timestamp_ms / 1000)
    aside = _set_aside(source, info.category)
    return MessageReceived(
        wa_id=_identifier(info.id),
        chat=Party(group_id=text_of(source.chat)) if aside else chat_of(source),
        sender=None if aside else sender_of(source),
        from_me=source.is_from_me,
        push_name=_name(info.push_name),
        sent_at=sent_at,
        origin=_origin(source, sent_at, received_at),
        content=Ignored(aside) if aside else content_of(parsed.content),
        category=_name(info.category),
    )


def _set_aside(source: schema.Source, category: bytes = b"") -> str | None:
    """Why no team inbox shows it: the devices' own talk, status posts, channels, bots, our own broadcasts."""
    if category == b"peer":
        return "between the owner's devices"
    server = server_of(source.chat)
    if text_of(source.chat) == STATUS or server in {"newsletter", "bot"}:
        return f"posted to {text_of(source.chat)[:LONGEST_ID]}"
    if server == BROADCAST_SERVER and (source.is_from_me or not is_direct(source.sender)):
        return "a broadcast of the owner"
    return None


def _origin(source: schema.Source, sent_at: datetime, received_at: datetime | None) -> Origin:
    if source.is_from_me:
        return "phone"  # what we send ourselves is never echoed to us
    return "offline" if received_at is not None and received_at - sent_at > OFFLINE_AFTER else "live"


def _receipt(parsed: schema.Receipt) -> ReceiptReceived | Nothing:
    if aside := _set_aside(parsed.source):
        return Nothing(aside)
    if not parsed.message_ids:
        raise DecodeError("A receipt for no message")
    return ReceiptReceived(
        wa_ids=tuple(_identifier(wa_id) for wa_id in parsed.message_ids),
        chat=chat_of(parsed.source),
        type=RECEIPT_TYPES.get(parsed.type, "other"),
        at=_time(parsed.timestamp_s),
        from_me=parsed.source.is_from_me,
    )


def _waiting(parsed: schema.Undecryptable) -> Waiting | Nothing:
    info = parsed.info
    if parsed.decrypt_fail_mode == HIDE:
        return Nothing("WhatsApp asks to hide it")
    if aside := _set_aside(info.source, info.category):
        return Nothing(aside)
    return Waiting(
        wa_id=_identifier(info.id),
        chat=chat_of(info.source),
        sender=sender_of(info.source),
        push_name=_name(info.push_name),
        sent_at=_time(info.timestamp_ms / 1000),
        from_me=info.source.is_from_me,
    )


def _identifier(raw: bytes) -> str:
    wa_id = raw.decode()
    if not wa_id.isprintable() or not 0 < len(wa_id) <= LONGEST_ID:
        raise DecodeError(f"The id {wa_id[:LONGEST_ID]!r} cannot be WhatsApp's")
    return wa_id


def _name(push_name: bytes) -> str:
    """A name is decoration: rather a name without its control characters than no message."""
    return _CONTROL.sub("", push_name.decode(errors="replace"))[:LONGEST_NAME]


def _time(seconds: float) -> datetime:
    if not FIRST_SECOND <= seconds <= LAST_SECOND:
        raise DecodeError(f"The time {seconds} lies outside WhatsApp's years")
    return datetime.fromtimestamp(seconds, UTC)
