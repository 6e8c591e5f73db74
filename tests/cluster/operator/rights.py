"""What the operator may do, as its chart grants it: a Role in each namespace that it serves."""

from typing import Any

ACCOUNT = "recado-operator"

RULES: list[dict[str, Any]] = [
    {
        "apiGroups": ["recado.dev"],
        "resources": ["companies", "whatsappconnections"],
        "verbs": ["list", "watch", "patch"],
    },
    {"apiGroups": ["recado.dev"], "resources": ["companies/status", "whatsappconnections/status"], "verbs": ["patch"]},
    {
        "apiGroups": ["recado.dev"],
        "resources": ["companies/finalizers", "whatsappconnections/finalizers"],
        "verbs": ["update"],
    },
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch", "create", "patch", "delete"]},
    {"apiGroups": [""], "resources": ["pods/resize"], "verbs": ["patch"]},
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "create", "patch"]},
    {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create", "patch", "delete"]},
    {"apiGroups": [""], "resources": ["serviceaccounts", "resourcequotas"], "verbs": ["create", "patch"]},
    {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"], "verbs": ["create", "patch"]},
    {"apiGroups": ["events.k8s.io"], "resources": ["events"], "verbs": ["create"]},
    {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": ["get", "create", "update"]},
]


def objects(namespace: str) -> list[tuple[str, dict[str, Any]]]:
    """Paths of collections and what to create in them."""
    account = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}
    rbac = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}"
    binding = {
        "metadata": {"name": ACCOUNT},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": ACCOUNT},
        "subjects": [account],
    }
    return [
        (f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": ACCOUNT}}),
        (f"{rbac}/roles", {"metadata": {"name": ACCOUNT}, "rules": RULES}),
        (f"{rbac}/rolebindings", binding),
    ]
