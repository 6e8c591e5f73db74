"""The models are the definitions: names, types, bounds, defaults, enumerations, and what is required."""

from typing import Any

import msgspec
import pytest
from msgspec import inspect
from tests.unit.core.resources.definitions import KINDS, schema, version

COMPARED = {
    "type",
    "format",
    "enum",
    "default",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
}
UNBOUNDED_INTEGERS = {"int32", "int64"}


@pytest.mark.parametrize("plural", KINDS)
@pytest.mark.parametrize("part", ["spec", "status"])
def test_models_and_definitions_are_equal(plural: str, part: str) -> None:
    field = next(field for field in _struct(inspect.type_info(KINDS[plural])).fields if field.encode_name == part)
    modelled = _modelled(field.type) if part == "spec" else _without_defaults(_modelled(field.type))
    assert modelled == _defined(schema(plural)["properties"][part])


@pytest.mark.parametrize("plural", KINDS)
def test_kind_and_version_are_equal(plural: str) -> None:
    fields = {field.encode_name: field for field in _struct(inspect.type_info(KINDS[plural])).fields}
    names = {"apiVersion": f"recado.dev/{version(plural)['name']}", "kind": KINDS[plural].__name__}
    assert {name: fields[name].default for name in names} == names


@pytest.mark.parametrize("plural", KINDS)
def test_everything_is_bounded_and_nothing_is_open(plural: str) -> None:
    for path, part in _walk(schema(plural)):
        if path in {"$", "$.apiVersion", "$.kind", "$.metadata"}:
            continue
        assert "x-kubernetes-preserve-unknown-fields" not in part, path
        assert _is_bounded(part), f"{path} has no bound"


@pytest.mark.parametrize("plural", KINDS)
def test_kubectl_explain_has_a_sentence_for_every_field_of_the_spec(plural: str) -> None:
    for path, part in _walk(schema(plural)["properties"]["spec"]):
        if path != "$" and not path.endswith("[]"):
            assert part.get("description", "").endswith("."), path


@pytest.mark.parametrize("plural", KINDS)
def test_columns_and_selectable_fields_exist(plural: str) -> None:
    paths = [column["jsonPath"] for column in version(plural)["additionalPrinterColumns"]]
    paths += [field["jsonPath"] for field in version(plural).get("selectableFields", [])]
    known = {path for path, _ in _walk(schema(plural))} | {"$.metadata.creationTimestamp"}
    for path in paths:
        plain = path.split("[?")[0]
        assert f"${plain}" in known, path


def _struct(kind: inspect.Type) -> inspect.StructType:
    assert isinstance(kind, inspect.StructType)
    return kind


def _defined(part: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in part.items() if name in COMPARED}
    if kept.get("format") in UNBOUNDED_INTEGERS:
        del kept["format"]
    if "properties" in kept:
        kept["properties"] = {name: _defined(child) for name, child in kept["properties"].items()}
        kept["required"] = sorted(kept.get("required", []))
    for name in ("items", "additionalProperties"):
        if name in kept:
            kept[name] = _defined(kept[name])
    if "enum" in kept:
        kept["enum"] = sorted(kept["enum"])
    return kept


def _modelled(kind: inspect.Type) -> dict[str, Any]:
    match kind:
        case inspect.Metadata(type=inner):
            return _modelled(inner)
        case inspect.UnionType(types=types):
            (only,) = (one for one in types if not isinstance(one, inspect.NoneType))
            return _modelled(only)
        case inspect.StructType(fields=fields):
            return {
                "type": "object",
                "properties": {field.encode_name: _field(field) for field in fields},
                "required": sorted(field.encode_name for field in fields if field.required),
            }
        case inspect.DictType(value_type=value):
            return {"type": "object", "additionalProperties": _modelled(value), **_lengths(kind, "Properties")}
        case inspect.ListType(item_type=item):
            return {"type": "array", "items": _modelled(item), **_lengths(kind, "Items")}
    return _scalar(kind)


def _scalar(kind: inspect.Type) -> dict[str, Any]:
    match kind:
        case inspect.LiteralType(values=values):
            return {"type": "string", "enum": sorted(str(value) for value in values)}
        case inspect.StrType(pattern=pattern):
            return {"type": "string", **_lengths(kind, "Length"), **_given(pattern=pattern)}
        case inspect.IntType(ge=lowest, le=highest):
            return {"type": "integer", **_given(minimum=lowest, maximum=highest)}
        case inspect.BoolType():
            return {"type": "boolean"}
    formats = {inspect.DateTimeType: "date-time", inspect.UUIDType: "uuid"}
    return {"type": "string", "format": formats[type(kind)]}


def _field(field: inspect.Field) -> dict[str, Any]:
    modelled = _modelled(field.type)
    default = field.default
    if field.required or default is None or default is msgspec.NODEFAULT:
        return modelled
    return modelled | {"default": _complete(default)}


def _complete(value: Any) -> Any:
    """`value` with its own defaults written out, without what is not set."""
    if not isinstance(value, msgspec.Struct):
        return value
    pairs = ((field.encode_name, getattr(value, field.name)) for field in msgspec.structs.fields(value))
    return {name: _complete(child) for name, child in pairs if child is not None}


def _without_defaults(part: dict[str, Any]) -> dict[str, Any]:
    """A status has none: only the operator writes it."""
    kept = {name: value for name, value in part.items() if name != "default"}
    if "properties" in kept:
        kept["properties"] = {name: _without_defaults(child) for name, child in kept["properties"].items()}
    if "items" in kept:
        kept["items"] = _without_defaults(kept["items"])
    return kept


def _lengths(kind: Any, of_what: str) -> dict[str, int]:
    return _given(**{f"min{of_what}": kind.min_length, f"max{of_what}": kind.max_length})


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _walk(part: dict[str, Any], path: str = "$") -> list[tuple[str, dict[str, Any]]]:
    found = [(path, part)]
    for name, child in part.get("properties", {}).items():
        found += _walk(child, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if name in part:
            found += _walk(part[name], f"{path}[]")
    return found


def _is_bounded(part: dict[str, Any]) -> bool:
    match part["type"]:
        case "string":
            return "maxLength" in part or "enum" in part or part.get("format") in {"date-time", "uuid"}
        case "array":
            return "maxItems" in part
        case "integer":
            return "minimum" in part
        case "object":
            return "properties" in part or "maxProperties" in part
        case kind:
            return bool(kind == "boolean")
