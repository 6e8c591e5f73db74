"""What the operator may do: exactly what its chart grants, read from the chart as Helm renders it.

A right that the chart gains or loses is gained or lost by every operator of these tests.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from tests.cluster.fault_proxy.calls import Permission
from tests.unit.chart.charts import NAMESPACE, VALUE_FILES, Object, of_kind, render, values_of

ACCOUNT = "recado-operator"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
VALUES = next(path for path in VALUE_FILES if path.name == "minimal-values.yaml")


@cache
def _rendered(*, drain: bool) -> tuple[Object, ...]:
    values = {**values_of(VALUES), "operator": {"drain": {"enabled": drain}}}
    return tuple(of_kind(render(values), "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"))


def _roles(kind: str, *, drain: bool = False) -> list[Object]:
    """Roles of that kind which a binding gives to the operator's account."""
    rendered = _rendered(drain=drain)
    bound = {
        (binding["roleRef"]["kind"], binding["roleRef"]["name"])
        for binding in rendered
        if binding["kind"] == f"{kind}Binding"
        and any(who["name"] == ACCOUNT and who.get("namespace") == NAMESPACE for who in binding["subjects"])
    }
    return [one for one in rendered if one["kind"] == kind and (kind, one["metadata"]["name"]) in bound]


def rules(*, drain: bool = False) -> list[dict[str, Any]]:
    return [rule for kind in ("Role", "ClusterRole") for role in _roles(kind, drain=drain) for rule in role["rules"]]


def granted(wanted: Sequence[dict[str, Any]] | None = None) -> set[Permission]:
    """The same, one by one."""
    return {
        Permission(verb, group, resource)
        for rule in (rules() if wanted is None else wanted)
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def without(*missing: Permission) -> list[dict[str, Any]]:
    """What the Roles say, but for some permissions: for tests of what breaks without them."""
    return [
        {"apiGroups": [kept.group], "resources": [kept.resource], "verbs": [kept.verb]}
        for kept in sorted(granted() - set(missing))
    ]


def objects(
    namespace: str, home: str = "", wanted: Sequence[dict[str, Any]] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Paths of collections and what to create in them: for the operator whose account lives in `home`."""
    account = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": home or namespace}
    if not home:
        yield f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": ACCOUNT}}
    allowed = [rule for role in _roles("Role") for rule in role["rules"]] if wanted is None else list(wanted)
    yield from _granting(f"{RBAC}/namespaces/{namespace}/", "Role", ACCOUNT, allowed, account)
    everywhere = [rule for role in _roles("ClusterRole") for rule in role["rules"]] if wanted is None else []
    if everywhere:
        yield from _granting(f"{RBAC}/", "ClusterRole", cluster_role(namespace), everywhere, account)


def drain_objects(namespace: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What else it may where `operator.drain` is enabled."""
    account = {"kind": "ServiceAccount", "name": ACCOUNT, "namespace": namespace}
    allowed = [rule for role in _roles("ClusterRole", drain=True) for rule in role["rules"]]
    yield from _granting(f"{RBAC}/", "ClusterRole", cluster_role(namespace), allowed, account)


def cluster_role(namespace: str) -> str:
    """Of a name that belongs to one namespace alone, though it stands above all."""
    return f"{ACCOUNT}-{namespace}"


def _granting(
    place: str, kind: str, name: str, allowed: list[dict[str, Any]], account: dict[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name}
    yield f"{place}{kind.lower()}s", {"metadata": {"name": name}, "rules": allowed}
    yield (
        f"{place}{kind.lower()}bindings",
        {"metadata": {"name": name}, "roleRef": reference, "subjects": [account]},
    )
