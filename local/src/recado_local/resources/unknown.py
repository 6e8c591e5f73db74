"""Finds what a manifest says that its kind does not know: a typo is told, not ignored, as an API server does it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import inspect


def unknown_field(raw: Any, kind: type[msgspec.Struct]) -> str:
    """A sentence about the first field of `raw` that `kind` does not have; empty when it knows them all."""
    return _search(raw, inspect.type_info(kind), "$")


def _search(raw: Any, kind: inspect.Type, path: str) -> str:
    match kind:
        case inspect.StructType(fields=fields) if isinstance(raw, Mapping):
            known = {field.encode_name: field.type for field in fields}
            found = (_child(raw[name], known.get(name), name, path) for name in raw)
        case inspect.ListType(item_type=item) if isinstance(raw, list):
            found = (_search(child, item, f"{path}[{index}]") for index, child in enumerate(raw))
        case inspect.UnionType(types=types):
            found = (_search(raw, one, path) for one in types)
        case _:
            return ""
    return next((told for told in found if told), "")


def _child(raw: Any, kind: inspect.Type | None, name: Any, path: str) -> str:
    if kind is None:
        return f"Object contains unknown field `{name}` - at `{path}`"
    return _search(raw, kind, f"{path}.{name}")
