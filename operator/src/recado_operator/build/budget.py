"""Nobody evicts the sessions of a company that say so: the operator moves them, or a person does.

Kubernetes lets a budget for pods of unknown controllers name a number only, so it is one that is never reached.
"""

from typing import Any

from recado_operator.build import names
from recado_operator.build.belongings import metadata_of
from recado_operator.build.blueprint import Owner

MORE_THAN_EVER = 2**31 - 1


def build_budget(namespace: str, company: str, owner: Owner) -> dict[str, Any]:
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata_of(namespace, company, owner),
        "spec": {
            "minAvailable": MORE_THAN_EVER,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": {names.COMPANY: company, names.GUARDED: "true"}},
        },
    }
