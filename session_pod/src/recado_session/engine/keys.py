"""Names events, so that one that is delivered twice is stored once: the same event gives the same key for ever.

Reads the engine's bytes with core's small schema, whose fields are all optional: a name must never fail.
"""

import hashlib

from recado_core.engine import schema_pb2 as schema
from recado_session.gateway import InboundKind

LENGTH = 32
PEER = b"peer"

Event = schema.Message | schema.Receipt | schema.Undecryptable

_TYPES: dict[InboundKind, type[Event]] = {
    "message": schema.Message,
    "receipt": schema.Receipt,
    "undecryptable": schema.Undecryptable,
}


def decode(kind: InboundKind, raw: bytes) -> Event:
    """Raises google.protobuf.message.DecodeError."""
    return _TYPES[kind].FromString(raw)


def key_of(kind: InboundKind, event: Event) -> str:
    if isinstance(event, schema.Receipt):
        about = f"{event.type}:{event.timestamp_s}".encode()
        return _digest(kind, event.source, b",".join(event.message_ids), about)
    return _digest(kind, event.info.source, event.info.id)


def key_of_unreadable(kind: InboundKind, raw: bytes) -> str:
    """Bytes that we cannot read are kept all the same; the worker sets them aside with a reason."""
    return _hash(kind.encode(), raw)


def is_between_own_devices(event: Event) -> bool:
    """Technical talk between the account's own devices (history, keys): no customer, no text."""
    return isinstance(event, schema.Message) and event.info.category == PEER


def _digest(kind: InboundKind, source: schema.Source, *rest: bytes) -> str:
    return _hash(kind.encode(), _account(source.chat), _account(source.sender), *rest)


def _account(jid: schema.Jid) -> bytes:
    """Without the device: a message that is delivered again may name another one."""
    return jid.user + b"@" + jid.server


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"|".join(parts)).hexdigest()[:LENGTH]
