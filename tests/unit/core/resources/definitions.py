"""The resource definitions of `crds/`, for the tests that hold them against the models and their own rules."""

from pathlib import Path
from typing import Any

import yaml

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection

FOLDER = Path(__file__).parents[4] / "crds"
KINDS: dict[str, type[Company | WhatsAppConnection]] = {
    "companies": Company,
    "whatsappconnections": WhatsAppConnection,
}


def definition(plural: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{plural}.yaml").read_text())
    return loaded


def version(plural: str) -> dict[str, Any]:
    versions: list[dict[str, Any]] = definition(plural)["spec"]["versions"]
    return versions[0]


def schema(plural: str) -> dict[str, Any]:
    found: dict[str, Any] = version(plural)["schema"]["openAPIV3Schema"]
    return found


def with_defaults(value: Any, part: dict[str, Any]) -> Any:
    """`value` with the defaults of `part` filled in, as an API server does it."""
    if isinstance(value, dict) and "properties" in part:
        filled = dict(value)
        for name, child in part["properties"].items():
            if name not in filled and "default" in child:
                filled[name] = child["default"]
            if name in filled:
                filled[name] = with_defaults(filled[name], child)
        return filled
    if isinstance(value, list) and "items" in part:
        return [with_defaults(item, part["items"]) for item in value]
    return value
