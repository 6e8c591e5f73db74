"""Kubernetes' own schemas, strict: a field that does not exist is an error. They come with kubernetes-validate; each is
compiled once, which its own `validate` does for every object.
"""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
from jsonschema.protocols import Validator
from referencing import Registry, Resource

FOLDER = files("kubernetes_validate").joinpath("kubernetes-json-schema")


def problems(one: dict[str, Any], version: str) -> list[str]:
    """What a Kubernetes of that version ("1.31") would not accept."""
    group = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", one["apiVersion"])
    found = _validator(version, f"{one['kind'].lower()}-{group}.json").iter_errors(one)
    return [f"{one['kind']}/{one['metadata']['name']} {error.json_path}: {error.message}" for error in found]


@cache
def _validator(version: str, file: str) -> Validator:
    schema = json.loads(_folder(version).joinpath(file).read_text())
    return jsonschema.Draft202012Validator(schema, registry=_definitions(version))


@cache
def _definitions(version: str) -> "Registry[Any]":
    contents = json.loads(_folder(version).joinpath("_definitions.json").read_text())
    registry: Registry[Any] = Resource.from_contents(contents) @ Registry()
    return registry.crawl()


def _folder(version: str) -> Any:
    (folder,) = [one for one in FOLDER.iterdir() if re.fullmatch(rf"v{re.escape(version)}\.\d+-local-strict", one.name)]
    return folder
