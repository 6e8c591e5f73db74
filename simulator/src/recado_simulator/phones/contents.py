"""What people write: from what the control API is asked for to the bytes that get sealed, and back to what is shown."""

import base64
import binascii
import os
from typing import NamedTuple

from google.protobuf.message import DecodeError, Message

from recado_core.errors import RecadoError
from recado_simulator.wire.content_pb2 import Content

_LONGEST_PADDING = 15

_KINDS = {
    "conversation": "text",
    "extended_text": "text",
    "image": "image",
    "video": "video",
    "audio": "audio",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contact_card": "contact",
    "reaction": "reaction",
    "poll": "poll",
    "protocol": "protocol",
}
_FIELDS = {
    "image": "image",
    "video": "video",
    "audio": "audio",
    "document": "document",
    "sticker": "sticker",
    "location": "location",
    "contact": "contact_card",
    "reaction": "reaction",
    "poll": "poll",
}


class UnknownContentError(RecadoError):
    code = "unknown_content"
    status = 422
    title = "A phone cannot write that"


class Written(NamedTuple):
    plain: bytes
    kind: str
    text: str


def text(words: str) -> Written:
    return Written(Content(conversation=words).SerializeToString(), "text", words)


def content(asked: dict[str, object]) -> Written:
    """A message of another kind: `kind`, and the fields of that kind as wire/content.proto names them."""
    kind = str(asked.get("kind", ""))
    if kind == "text":
        return text(str(asked.get("text", "")))
    if kind not in _FIELDS:
        raise UnknownContentError(f"'{kind}' is no kind of message here. Use one of: text, {', '.join(_FIELDS)}.")
    message = Content()
    part: Message = getattr(message, _FIELDS[kind])
    part.SetInParent()
    for name, value in asked.items():
        if name != "kind":
            _set(part, name, value)
    return Written(message.SerializeToString(), kind, describe(message)[1])


def raw(encoded: str) -> Written:
    try:
        return Written(base64.b64decode(encoded, validate=True), "raw", "")
    except binascii.Error as error:
        raise UnknownContentError(f"raw_base64 is not base64: {error}. Encode the bytes first.") from error


def _set(part: Message, name: str, value: object) -> None:
    field = part.DESCRIPTOR.fields_by_name.get(name)
    if field is None:
        known = ", ".join(part.DESCRIPTOR.fields_by_name)
        raise UnknownContentError(f"'{name}' is no field of this kind. Use: {known}.")
    if field.message_type is not None:
        raise UnknownContentError(f"'{name}' cannot be given as JSON. Send the whole message as raw_base64.")
    try:
        setattr(part, name, base64.b64decode(str(value)) if field.type == field.TYPE_BYTES else value)
    except (TypeError, ValueError) as error:
        raise UnknownContentError(f"'{name}' does not fit: {error}. Bytes are given as base64.") from error


def describe(message: Content) -> tuple[str, str]:
    """Kind and text, as people would read it."""
    for field, value in message.ListFields():
        if field.name in _KINDS:
            words = value if isinstance(value, str) else _words(value)
            return _KINDS[field.name], words
    return "unknown", ""


def _words(part: Message) -> str:
    for name in ("text", "caption", "file_name", "name", "display_name"):
        if name in part.DESCRIPTOR.fields_by_name and (words := getattr(part, name)):
            return str(words)
    return ""


def parse(plain: bytes) -> Content | None:
    try:
        return Content.FromString(plain)
    except DecodeError:
        return None


def as_echo(plain: bytes, destination: str) -> bytes:
    """`plain` as the owner's other devices get it."""
    echo = Content()
    echo.device_sent.destination_jid = destination
    echo.device_sent.message.MergeFromString(plain)
    return echo.SerializeToString()


def pad(plain: bytes) -> bytes:
    size = (os.urandom(1)[0] & _LONGEST_PADDING) or _LONGEST_PADDING
    return plain + bytes([size]) * size


def unpad(padded: bytes) -> bytes:
    return padded[: -padded[-1]] if padded else padded


def wire_type(kind: str) -> str:
    """The `type` attribute of the stanza."""
    if kind in {"image", "video", "audio", "document", "sticker", "location", "contact"}:
        return "media"
    return kind if kind in {"reaction", "poll"} else "text"
