"""Reads and writes the YAML of one WhatsAppConnection. What people wrote by hand, comments included, stays as it is."""

from typing import Any
from uuid import UUID

import msgspec
import yaml

from recado_core.errors import RecadoError
from recado_core.resources import WhatsAppConnection, WhatsAppConnectionStatus


class ManifestError(RecadoError):
    """A manifest that cannot be used. The text names the field and what it should be."""

    code = "manifest_invalid"
    title = "The manifest cannot be used"


def parse(text: str, name: str) -> WhatsAppConnection:
    """The resource of the file `name`.yaml. Raises ManifestError."""
    try:
        raw = yaml.safe_load(text)
        resource = msgspec.convert(raw, WhatsAppConnection)
    except yaml.YAMLError as error:
        raise ManifestError(f"This is not YAML: {_where(error)}. Correct the line and save the file again.") from error
    except msgspec.ValidationError as error:
        raise ManifestError(f"{error}. Correct the field and save the file again.") from error
    if resource.metadata.name != name:
        raise ManifestError(
            f"metadata.name is {resource.metadata.name}, the file is {name}.yaml. Give both the same name."
        )
    return resource


def _where(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem} in line {error.problem_mark.line + 1}"
    return " ".join(str(error).split())


def check_same(old: WhatsAppConnection, new: WhatsAppConnection) -> None:
    """What a connection is cannot change, only how it is. Raises ManifestError."""
    if new.spec.company != old.spec.company:
        raise ManifestError(f"spec.company cannot change (it was {old.spec.company}). Declare a new connection.")
    if new.metadata.uid not in {None, old.metadata.uid}:
        raise ManifestError(f"metadata.uid cannot change (it was {old.metadata.uid}). Restore it, or use a new name.")


def with_uid(text: str, uid: UUID) -> str:
    """`text` with `uid` as the first field of its metadata and everything else untouched. Raises ManifestError."""
    document = yaml.compose(text, yaml.SafeLoader)
    metadata = _child(document, "metadata")
    if metadata is None or not metadata.value:
        raise ManifestError("metadata is missing. Add metadata.name, the name of the file without .yaml.")
    mark = metadata.value[0][0].start_mark
    gap = ", " if metadata.flow_style else "\n" + " " * mark.column
    written = f"{text[: mark.index]}uid: {uid}{gap}{text[mark.index :]}"
    if yaml.safe_load(written)["metadata"]["uid"] != str(uid):
        raise ManifestError(f"Recado could not write metadata.uid. Add this line to metadata yourself: uid: {uid}")
    return written


def _child(node: yaml.Node | None, key: str) -> yaml.MappingNode | None:
    pairs: list[tuple[yaml.Node, yaml.Node]] = node.value if isinstance(node, yaml.MappingNode) else []
    found = next((value for name, value in pairs if name.value == key), None)
    return found if isinstance(found, yaml.MappingNode) else None


def dump(resource: WhatsAppConnection) -> str:
    raw = msgspec.to_builtins(resource)
    del raw["status"]
    return _dump({"apiVersion": raw.pop("apiVersion"), "kind": raw.pop("kind"), **raw})


def parse_status(text: str) -> WhatsAppConnectionStatus:
    return msgspec.convert(yaml.safe_load(text), WhatsAppConnectionStatus)


def dump_status(status: WhatsAppConnectionStatus) -> str:
    return _dump(msgspec.to_builtins(status))


def _dump(raw: Any) -> str:
    text: str = yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, default_flow_style=False)
    return text
