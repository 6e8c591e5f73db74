"""How a test and the process that holds its engine talk: one JSON object a line, over a Unix socket."""

from typing import Any

import msgspec

from recado_session.gateway import (
    Changed,
    CodeShown,
    Inbound,
    Linked,
    NoSuchRecipient,
    NotSent,
    QrShown,
    Rejected,
    Restricted,
    Send,
    Sent,
    Uncertain,
)

LARGEST = 1 << 26
KINDS = {
    kind.__name__: kind
    for kind in (
        Changed,
        CodeShown,
        Inbound,
        Linked,
        NoSuchRecipient,
        NotSent,
        QrShown,
        Rejected,
        Restricted,
        Send,
        Sent,
        Uncertain,
    )
}


class Call(msgspec.Struct, frozen=True):
    number: int
    verb: str
    arguments: list[Any]


class Answer(msgspec.Struct, frozen=True):
    number: int
    value: Any = None
    error: str | None = None


def pack(value: Any) -> Any:
    """Structs become their name and their fields."""
    if isinstance(value, list):
        return [pack(one) for one in value]
    if type(value).__name__ in KINDS:
        return {"type": type(value).__name__, "fields": msgspec.to_builtins(value)}
    return msgspec.to_builtins(value)


def unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [unpack(one) for one in value]
    if isinstance(value, dict) and value.keys() == {"type", "fields"}:
        return msgspec.convert(value["fields"], KINDS[value["type"]])
    return value


def line(message: Call | Answer) -> bytes:
    return msgspec.json.encode(message) + b"\n"
