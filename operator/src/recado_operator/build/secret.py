"""The credentials of one session and epoch. A Secret of its own for each epoch: a pod that kept an older one cannot
come back with the password of its successor.
"""

import base64
from typing import Any

from recado_operator.build import names
from recado_operator.build.blueprint import Blueprint


def build_secret(blueprint: Blueprint, role: str, password: str) -> dict[str, Any]:
    values = {"DB_USER": role, "DB_PASS": password, "RECADO_EPOCH": str(blueprint.epoch)}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": names.session_name(blueprint.owner.name, blueprint.epoch),
            "namespace": blueprint.namespace,
            "labels": names.session_labels(blueprint.owner.name, blueprint.company, blueprint.epoch),
            "ownerReferences": [blueprint.owner.reference()],
        },
        "type": "Opaque",
        "immutable": True,
        "data": {name: base64.b64encode(value.encode()).decode() for name, value in values.items()},
    }
