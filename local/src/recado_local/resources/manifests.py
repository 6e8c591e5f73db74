"""Reads and writes the YAML of one resource. What people wrote by hand, comments included, stays as it is."""

from typing import Any
from uuid import UUID

import msgspec
import yaml

from recado_core.errors import RecadoError
from recado_core.resources.company import Company, CompanyStatus
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_core.resources.port import KINDS, AnyResource, Resource
from recado_local.resources.unknown import unknown_field

FINAL_FIELDS = {
    Company: ("companyID", "isolation"),
    WhatsAppConnection: ("companyRef", "phoneNumber"),
}
"""What cannot change once it is set."""
MAY_BE_ADDED = {"companyID", "phoneNumber"}


class ManifestError(RecadoError):
    """A manifest that cannot be used. The text names the field and what it should be."""

    code = "manifest_invalid"
    title = "The manifest cannot be used"


def parse(text: str, name: str) -> Resource:
    """The resource of the file `name`.yaml. Raises ManifestError."""
    try:
        raw = _read(text)
        kind = _kind(raw)
        if unknown := unknown_field(raw, kind):
            raise ManifestError(f"{unknown}. Correct the field and save the file again.")
        resource = msgspec.convert(raw, kind)
    except yaml.YAMLError as error:
        raise ManifestError(f"This is not YAML: {_where(error)}. Correct the line and save the file again.") from error
    except msgspec.ValidationError as error:
        raise ManifestError(f"{error}. Correct the field and save the file again.") from error
    if resource.metadata.name != name:
        raise ManifestError(
            f"metadata.name is {resource.metadata.name}, the file is {name}.yaml. Give both the same name."
        )
    if broken := _contradiction(resource):
        raise ManifestError(broken)
    return resource


def _kind(raw: Any) -> type[Resource]:
    if not isinstance(raw, dict):
        return WhatsAppConnection  # which says what it expected instead
    if raw.get("kind") not in KINDS:
        raise ManifestError(f"kind is {raw.get('kind', 'missing')}. Write one of {', '.join(KINDS)}.")
    return KINDS[raw["kind"]]


def _contradiction(resource: Resource) -> str:
    """What no single field can tell, in the words of the definitions' rules. Empty when all fits."""
    if isinstance(resource, Company):
        network = resource.spec.network
        alone = network.allowed_cidrs is not None and network.egress != "Custom"
        return "allowedCIDRs goes with egress Custom only; set network.egress to Custom." if alone else ""
    if resource.spec.pairing.method == "PairingCode" and resource.spec.phone_number is None:
        return "pairing by code needs the number; set phoneNumber, or pairing.method to QR."
    return ""


def _where(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem} in line {error.problem_mark.line + 1}"
    return " ".join(str(error).split())


def check_same(old: Resource, new: Resource) -> None:
    """What a resource is cannot change, only how it is. Raises ManifestError."""
    if new.kind != old.kind:
        raise ManifestError(f"kind cannot change (it was {old.kind}). Use another name.")
    before, after = msgspec.to_builtins(old.spec), msgspec.to_builtins(new.spec)
    for name in FINAL_FIELDS[type(old)]:
        was, now = before.get(name), after.get(name)
        if was != now and not (was is None and name in MAY_BE_ADDED):
            raise ManifestError(f"spec.{name} cannot change (it was {_short(was)}). Declare a new {old.kind}.")
    if new.metadata.uid not in {None, old.metadata.uid}:
        raise ManifestError(f"metadata.uid cannot change (it was {old.metadata.uid}). Restore it, or use a new name.")


def _short(value: Any) -> str:
    return str(value["name"]) if isinstance(value, dict) else str(value)


def with_uid(text: str, uid: UUID) -> str:
    """`text` with `uid` as the first field of its metadata and everything else untouched. Raises ManifestError."""
    document = yaml.compose(text, yaml.SafeLoader)
    metadata = _child(document, "metadata")
    if metadata is None or not metadata.value:
        raise ManifestError("metadata is missing. Add metadata.name, the name of the file without .yaml.")
    mark = metadata.value[0][0].start_mark
    gap = ", " if metadata.flow_style else "\n" + " " * mark.column
    written = f"{text[: mark.index]}uid: {uid}{gap}{text[mark.index :]}"
    if _read(written)["metadata"]["uid"] != str(uid):
        raise ManifestError(f"Recado could not write metadata.uid. Add this line to metadata yourself: uid: {uid}")
    return written


def _child(node: yaml.Node | None, key: str) -> yaml.MappingNode | None:
    pairs: list[tuple[yaml.Node, yaml.Node]] = node.value if isinstance(node, yaml.MappingNode) else []
    found = next((value for name, value in pairs if name.value == key), None)
    return found if isinstance(found, yaml.MappingNode) else None


def dump(resource: Resource) -> str:
    raw = msgspec.to_builtins(resource)
    del raw["status"]
    return _dump({"apiVersion": raw.pop("apiVersion"), "kind": raw.pop("kind"), **raw})


def _read(text: str) -> Any:
    """By the parser in C: it is many times faster, and the folder is read again and again."""
    return yaml.load(text, Loader=yaml.CSafeLoader)


def with_status(resource: AnyResource, text: str) -> AnyResource:
    """`resource` with the status that `dump_status` wrote."""
    raw = _read(text)
    if isinstance(resource, Company):
        return msgspec.structs.replace(resource, status=msgspec.convert(raw, CompanyStatus))
    return msgspec.structs.replace(resource, status=msgspec.convert(raw, WhatsAppConnectionStatus))


def dump_status(resource: Resource) -> str:
    return _dump(msgspec.to_builtins(resource.status))


def _dump(raw: Any) -> str:
    text: str = yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, default_flow_style=False)
    return text
