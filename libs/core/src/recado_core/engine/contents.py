"""What a message says: a text, something we cannot show yet, or nothing for people.

Wrappers (ephemeral, view once, device sent) are already taken off by the engine, so the populated field decides.
"""

from google.protobuf.unknown_fields import UnknownFieldSet

from recado_core.engine import schema_pb2 as schema
from recado_core.engine.content_kinds import kind_of
from recado_core.engine.errors import DecodeError
from recado_core.engine.wire import Content, Ignored, Text, Unsupported

LONGEST_TEXT = 65_536
"""WhatsApp's own limit, in characters: what is longer was not written by a WhatsApp client."""

TECHNICAL_FIELDS = frozenset(
    {
        2,  # senderKeyDistribution
        15,  # fastRatchetKeySenderKeyDistribution
        31,  # deviceSent, empty after unwrapping
        35,  # messageContextInfo
        47,  # stickerSyncRmr
        70,  # messageHistoryBundle
        102,  # messageHistoryNotice
        123,  # groupRootKeyShare
        127,  # rootSecretDistribute
    }
)
PROTOCOL_FOR_PEOPLE = {0: "revoke", 14: "messageEdit"}
"""Of WhatsApp's protocol messages, those that change what people read. The others are between devices."""


def content_of(content: schema.Content) -> Content:
    if text := _text(content):
        return Text(text)
    if content.HasField("protocol"):
        return _protocol(content.protocol)
    shown = _unknown_numbers(content) - TECHNICAL_FIELDS
    return Unsupported(kind_of(min(shown))) if shown else Ignored("no content for people")


def _text(content: schema.Content) -> str:
    text = (content.conversation or content.extended_text.text).decode()
    if len(text) > LONGEST_TEXT:
        raise DecodeError(f"A text of {len(text)} characters; WhatsApp allows {LONGEST_TEXT}")
    if "\0" in text:
        raise DecodeError("A text with a NUL character, which PostgreSQL cannot store")
    return text


def _unknown_numbers(content: schema.Content) -> set[int]:
    unknown = UnknownFieldSet(content)
    return {unknown[position].field_number for position in range(len(unknown))}


def _protocol(protocol: schema.Protocol) -> Content:
    kind = PROTOCOL_FOR_PEOPLE.get(protocol.type) if protocol.HasField("type") else None
    return Unsupported(kind) if kind else Ignored(f"protocol message {protocol.type}")
