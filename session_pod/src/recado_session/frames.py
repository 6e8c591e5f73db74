"""How a record stands in a journal file: length, CRC-32, then msgpack. Pure.

A process may die while it writes, so a file may end in the middle of a record. Reading stops there without a word:
a torn record was never acknowledged by `append`.
"""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from recado_session.gateway import Inbound, InboundKind

_HEAD = struct.Struct(">II")


class Record(msgspec.Struct, frozen=True, array_like=True):
    kind: InboundKind
    key: str
    received_us: int
    raw: bytes


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Record)


def encode(inbound: Inbound) -> bytes:
    record = Record(inbound.kind, inbound.key, int(inbound.received_at.timestamp() * 1_000_000), inbound.raw)
    body = _encoder.encode(record)
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def inbound(seq: int, record: Record) -> Inbound:
    at = datetime.fromtimestamp(record.received_us / 1_000_000, UTC)
    return Inbound(seq, record.key, record.kind, at, record.raw)


def read(data: bytes) -> Iterator[Record]:
    """All whole records from the start on."""
    offset = 0
    while offset + _HEAD.size <= len(data):
        length, checksum = _HEAD.unpack_from(data, offset)
        body = data[offset + _HEAD.size : offset + _HEAD.size + length]
        if len(body) < length or zlib.crc32(body) != checksum:
            return
        try:
            yield _decoder.decode(body)
        except msgspec.MsgspecError:
            return
        offset += _HEAD.size + length
