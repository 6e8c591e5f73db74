"""The account of session pods: it has no rights and no token, and says so."""

from typing import Any

from recado_operator.build import names


def build_account(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": names.SESSION_ACCOUNT, "namespace": namespace, "labels": {names.PART_OF: "recado"}},
        "automountServiceAccountToken": False,
    }
