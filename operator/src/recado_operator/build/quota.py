"""The quota of a namespace that belongs to one company: the API server itself refuses one connection too many."""

from typing import Any

from recado_operator.build import names
from recado_operator.build.blueprint import Owner

COUNTED = "count/whatsappconnections.recado.dev"


def build_quota(namespace: str, company: str, owner: Owner, connections: int) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {
            "name": names.company_object(company),
            "namespace": namespace,
            "labels": {names.PART_OF: "recado", names.COMPANY: company},
            "ownerReferences": [owner.reference()],
        },
        "spec": {"hard": {COUNTED: str(connections)}},
    }
