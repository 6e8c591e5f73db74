"""Writes stanzas as WhatsApp's binary XML."""

from collections.abc import Callable

from recado_simulator.codec import tags
from recado_simulator.codec.nodes import LID_SERVER, PHONE_SERVER, Jid, Node
from recado_simulator.codec.tokens import tokens

_NIBBLES = {character: code for code, character in enumerate(tags.NIBBLE_ALPHABET[:12])}
_HEX = {character: code for code, character in enumerate(tags.HEX_ALPHABET)}


def encode(node: Node) -> bytes:
    """The whole frame, with the leading byte that says "not compressed"."""
    out = bytearray(1)
    _write_node(out, node, tokens().codes)
    return bytes(out)


def _write_node(out: bytearray, node: Node, codes: dict[str, bytes]) -> None:
    _write_list_head(out, 1 + 2 * len(node.attributes) + (node.content is not None))
    _write_text(out, node.tag, codes)
    for name, value in node.attributes.items():
        _write_text(out, name, codes)
        if isinstance(value, Jid):
            _write_jid(out, value, codes)
        else:
            _write_text(out, value, codes)
    if isinstance(node.content, bytes):
        _write_bytes(out, node.content)
    elif node.content is not None:
        _write_list_head(out, len(node.content))
        for child in node.content:
            _write_node(out, child, codes)


def _write_list_head(out: bytearray, size: int) -> None:
    if size == 0:
        out.append(tags.EMPTY)
    elif size <= tags.LARGEST_BYTE:
        out += bytes([tags.LIST_8, size])
    else:
        out.append(tags.LIST_16)
        out += size.to_bytes(2, "big")


def _write_bytes(out: bytearray, data: bytes) -> None:
    size = len(data)
    if size <= tags.LARGEST_BYTE:
        out += bytes([tags.BINARY_8, size])
    elif size < 1 << 20:
        out.append(tags.BINARY_20)
        out += size.to_bytes(3, "big")
    else:
        out.append(tags.BINARY_32)
        out += size.to_bytes(4, "big")
    out += data


def _write_text(out: bytearray, text: str, codes: dict[str, bytes]) -> None:
    if (code := codes.get(text)) is not None:
        out += code
    elif text and _packable(text, _NIBBLES):
        _write_packed(out, tags.NIBBLE_8, text, _NIBBLES.__getitem__)
    elif text and _packable(text, _HEX):
        _write_packed(out, tags.HEX_8, text, _HEX.__getitem__)
    else:
        _write_bytes(out, text.encode())


def _packable(text: str, alphabet: dict[str, int]) -> bool:
    return len(text) <= tags.LONGEST_PACKED and all(character in alphabet for character in text)


def _write_packed(out: bytearray, tag: int, text: str, code: Callable[[str], int]) -> None:
    odd = len(text) % 2
    out += bytes([tag, (len(text) + 1) // 2 | odd << 7])
    halves = [code(character) for character in text] + [0xF] * odd
    out += bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def _write_jid(out: bytearray, jid: Jid, codes: dict[str, bytes]) -> None:
    if jid.device and jid.server in {PHONE_SERVER, LID_SERVER}:
        out += bytes([tags.DEVICE_JID, int(jid.server == LID_SERVER), jid.device])
        _write_text(out, jid.user, codes)
        return
    out.append(tags.JID_PAIR)
    if jid.user:
        _write_text(out, jid.user, codes)
    else:
        out.append(tags.EMPTY)
    _write_text(out, jid.server, codes)
