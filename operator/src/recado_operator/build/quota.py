"""The quota of a namespace that belongs to one company: the API server itself refuses one connection too many."""

from typing import Any

from recado_operator.build.belongings import metadata_of
from recado_operator.build.blueprint import Owner

COUNTED = "count/whatsappconnections.recado.dev"


def build_quota(namespace: str, company: str, owner: Owner, connections: int) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": metadata_of(namespace, company, owner),
        "spec": {"hard": {COUNTED: str(connections)}},
    }
