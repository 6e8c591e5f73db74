"""Reads WhatsApp's binary XML. Whatever does not parse raises MalformedStanzaError, never anything else."""

import zlib

from recado_simulator.codec import tags
from recado_simulator.codec.nodes import LID_SERVER, PHONE_SERVER, Attributes, Jid, Node
from recado_simulator.codec.tokens import tokens

_COMPRESSED = 2
_BINARY_SIZES = {tags.BINARY_8: 1, tags.BINARY_20: 3, tags.BINARY_32: 4}


class MalformedStanzaError(ValueError):
    """The bytes are not a stanza."""


def decode(frame: bytes) -> Node:
    try:
        body = zlib.decompress(frame[1:]) if frame[0] & _COMPRESSED else frame[1:]
        return _Reader(body).node()
    except (IndexError, UnicodeDecodeError, zlib.error, RecursionError) as error:
        raise MalformedStanzaError(f"The frame is cut or garbled: {error}") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._tokens = tokens()

    def node(self) -> Node:
        size = self._list_size(self._byte())
        if size == 0:
            raise MalformedStanzaError("A stanza needs a tag")
        tag = self._text()
        attributes: Attributes = {}
        for _ in range((size - 1) // 2):
            name = self._text()
            attributes[name] = self._value(self._byte())
        return Node(tag, attributes, self._content() if size % 2 == 0 else None)

    def _content(self) -> list[Node] | bytes | None:
        tag = self._byte()
        if tag == tags.EMPTY:
            return []
        if tag in {tags.LIST_8, tags.LIST_16}:
            return [self.node() for _ in range(self._list_size(tag))]
        if tag in _BINARY_SIZES:
            return self._binary(tag)
        return str(self._value(tag)).encode()

    def _byte(self) -> int:
        value = self._data[self._at]
        self._at += 1
        return value

    def _number(self, size: int) -> int:
        return int.from_bytes(self._raw(size), "big")

    def _raw(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise IndexError(f"{size} bytes wanted")
        raw = self._data[self._at : self._at + size]
        self._at += size
        return raw

    def _list_size(self, tag: int) -> int:
        if tag == tags.EMPTY:
            return 0
        if tag == tags.LIST_8:
            return self._byte()
        if tag == tags.LIST_16:
            return self._number(2)
        raise MalformedStanzaError(f"{tag} does not begin a list")

    def _binary(self, tag: int) -> bytes:
        return self._raw(self._number(_BINARY_SIZES[tag]))

    def _text(self) -> str:
        value = self._value(self._byte())
        if isinstance(value, Jid):
            raise MalformedStanzaError("An address where a word was expected")
        return value

    def _value(self, tag: int) -> str | Jid:
        if tags.DICTIONARY_0 <= tag <= tags.DICTIONARY_3:
            return self._tokens.double[tag - tags.DICTIONARY_0][self._byte()]
        if tag in _BINARY_SIZES:
            return self._binary(tag).decode()
        if tag == tags.JID_PAIR:
            return Jid(self._text(), self._text())
        if tag == tags.DEVICE_JID:
            return self._device_jid()
        if tag in tags.PACKED_ALPHABETS:
            return self._packed(tags.PACKED_ALPHABETS[tag])
        return self._tokens.single[tag]  # the first one, for EMPTY, is the empty text

    def _device_jid(self) -> Jid:
        server = LID_SERVER if self._byte() else PHONE_SERVER
        device = self._byte()
        return Jid(self._text(), server, device)

    def _packed(self, alphabet: str) -> str:
        head = self._byte()
        text = "".join(alphabet[byte >> 4] + alphabet[byte & 0xF] for byte in self._raw(head & 0x7F))
        return text[:-1] if head & 0x80 else text
