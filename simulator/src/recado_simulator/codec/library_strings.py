"""Reads string tables out of a Go shared library on disk, without loading it.

A Go `[]string` in a position independent library is a run of (pointer, length) pairs. The pointers are zero in the
file; the dynamic relocations say what they will be. Following them is slower to write than loading the library, but
loading it would start a Go runtime in this process.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_RELOCATION_SECTION = 4
_NO_BITS_SECTION = 8
_RELATIVE = frozenset({8, 1027})
"""R_X86_64_RELATIVE and R_AARCH64_RELATIVE: add the load address to the addend."""
_PAIR = 16
"""Bytes of one Go string header."""
_LONGEST = 256
"""A longer "string" is something else that happened to look like a header."""


class Section(NamedTuple):
    kind: int
    address: int
    offset: int
    size: int


class LibraryStrings:
    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:5] != b"\x7fELF\x02":
            raise ValueError(f"{path} is not a 64-bit ELF library; install neonize for Linux")
        self._sections = list(self._read_sections())
        self._pointers = dict(self._read_pointers())

    def tables(self, first: str, second: str, count: int) -> Iterator[list[str]]:
        """Every table of `count` strings that begins with `first`, `second`."""
        for place in list(self._pointers):
            if self._string(place) == first and self._string(place + _PAIR) == second:
                strings = [self._string(place + _PAIR * index) for index in range(count)]
                if None not in strings:
                    yield [string for string in strings if string is not None]

    def _read_sections(self) -> Iterator[Section]:
        (start,) = struct.unpack_from("<Q", self._data, 40)
        size, count = struct.unpack_from("<HH", self._data, 58)
        for index in range(count):
            _, kind, _, address, offset, length = struct.unpack_from("<IIQQQQ", self._data, start + index * size)
            yield Section(kind, address, offset, length)

    def _read_pointers(self) -> Iterator[tuple[int, int]]:
        for section in self._sections:
            if section.kind == _RELOCATION_SECTION:
                records = self._data[section.offset : section.offset + section.size]
                for place, info, addend in struct.iter_unpack("<QQq", records):
                    if info & 0xFFFFFFFF in _RELATIVE:
                        yield place, addend

    def _offset(self, address: int) -> int | None:
        for section in self._sections:
            if section.kind != _NO_BITS_SECTION and section.address <= address < section.address + section.size:
                return section.offset + address - section.address
        return None

    def _string(self, place: int) -> str | None:
        """The string whose header stands at `place`; None when there is none."""
        header = self._offset(place + 8)
        if header is None:
            return None
        (length,) = struct.unpack_from("<Q", self._data, header)
        if length == 0:
            return ""
        if length > _LONGEST:
            return None
        target = self._pointers.get(place)
        body = None if target is None else self._offset(target)
        return None if body is None else self._data[body : body + length].decode(errors="replace")
