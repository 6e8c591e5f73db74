from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Jid(_message.Message):
    __slots__ = ("user", "server")
    USER_FIELD_NUMBER: _ClassVar[int]
    SERVER_FIELD_NUMBER: _ClassVar[int]
    user: bytes
    server: bytes
    def __init__(self, user: _Optional[bytes] = ..., server: _Optional[bytes] = ...) -> None: ...

class Source(_message.Message):
    __slots__ = ("chat", "sender", "is_from_me", "is_group", "sender_alt", "recipient_alt")
    CHAT_FIELD_NUMBER: _ClassVar[int]
    SENDER_FIELD_NUMBER: _ClassVar[int]
    IS_FROM_ME_FIELD_NUMBER: _ClassVar[int]
    IS_GROUP_FIELD_NUMBER: _ClassVar[int]
    SENDER_ALT_FIELD_NUMBER: _ClassVar[int]
    RECIPIENT_ALT_FIELD_NUMBER: _ClassVar[int]
    chat: Jid
    sender: Jid
    is_from_me: bool
    is_group: bool
    sender_alt: Jid
    recipient_alt: Jid
    def __init__(self, chat: _Optional[_Union[Jid, _Mapping[str, object]]] = ..., sender: _Optional[_Union[Jid, _Mapping[str, object]]] = ..., is_from_me: _Optional[bool] = ..., is_group: _Optional[bool] = ..., sender_alt: _Optional[_Union[Jid, _Mapping[str, object]]] = ..., recipient_alt: _Optional[_Union[Jid, _Mapping[str, object]]] = ...) -> None: ...

class Info(_message.Message):
    __slots__ = ("source", "id", "push_name", "timestamp_ms", "category")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    PUSH_NAME_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_MS_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    source: Source
    id: bytes
    push_name: bytes
    timestamp_ms: int
    category: bytes
    def __init__(self, source: _Optional[_Union[Source, _Mapping[str, object]]] = ..., id: _Optional[bytes] = ..., push_name: _Optional[bytes] = ..., timestamp_ms: _Optional[int] = ..., category: _Optional[bytes] = ...) -> None: ...

class ExtendedText(_message.Message):
    __slots__ = ("text",)
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: bytes
    def __init__(self, text: _Optional[bytes] = ...) -> None: ...

class Protocol(_message.Message):
    __slots__ = ("type",)
    TYPE_FIELD_NUMBER: _ClassVar[int]
    type: int
    def __init__(self, type: _Optional[int] = ...) -> None: ...

class Content(_message.Message):
    __slots__ = ("conversation", "sender_key_distribution", "extended_text", "protocol", "message_context_info")
    CONVERSATION_FIELD_NUMBER: _ClassVar[int]
    SENDER_KEY_DISTRIBUTION_FIELD_NUMBER: _ClassVar[int]
    EXTENDED_TEXT_FIELD_NUMBER: _ClassVar[int]
    PROTOCOL_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_CONTEXT_INFO_FIELD_NUMBER: _ClassVar[int]
    conversation: bytes
    sender_key_distribution: bytes
    extended_text: ExtendedText
    protocol: Protocol
    message_context_info: bytes
    def __init__(self, conversation: _Optional[bytes] = ..., sender_key_distribution: _Optional[bytes] = ..., extended_text: _Optional[_Union[ExtendedText, _Mapping[str, object]]] = ..., protocol: _Optional[_Union[Protocol, _Mapping[str, object]]] = ..., message_context_info: _Optional[bytes] = ...) -> None: ...

class Message(_message.Message):
    __slots__ = ("info", "content")
    INFO_FIELD_NUMBER: _ClassVar[int]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    info: Info
    content: Content
    def __init__(self, info: _Optional[_Union[Info, _Mapping[str, object]]] = ..., content: _Optional[_Union[Content, _Mapping[str, object]]] = ...) -> None: ...

class Receipt(_message.Message):
    __slots__ = ("source", "message_ids", "timestamp_s", "type")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_IDS_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_S_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    source: Source
    message_ids: _containers.RepeatedScalarFieldContainer[bytes]
    timestamp_s: int
    type: int
    def __init__(self, source: _Optional[_Union[Source, _Mapping[str, object]]] = ..., message_ids: _Optional[_Iterable[bytes]] = ..., timestamp_s: _Optional[int] = ..., type: _Optional[int] = ...) -> None: ...

class Undecryptable(_message.Message):
    __slots__ = ("info", "decrypt_fail_mode")
    INFO_FIELD_NUMBER: _ClassVar[int]
    DECRYPT_FAIL_MODE_FIELD_NUMBER: _ClassVar[int]
    info: Info
    decrypt_fail_mode: int
    def __init__(self, info: _Optional[_Union[Info, _Mapping[str, object]]] = ..., decrypt_fail_mode: _Optional[int] = ...) -> None: ...
