"""JSON for Socket.IO by msgspec: the same encoder as the HTTP side, in the shape of the standard library's module."""

from typing import Any

import msgspec


def dumps(value: Any, **_: Any) -> str:
    return msgspec.json.encode(value).decode()


def loads(text: str | bytes, **_: Any) -> Any:
    return msgspec.json.decode(text)
