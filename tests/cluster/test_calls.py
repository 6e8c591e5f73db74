"""Requests in the words of RBAC: the record of the fault proxy is compared with Roles, so it must name things alike."""

import base64
import json

import pytest
from tests.cluster.fault_proxy.calls import caller_of, describe


@pytest.mark.parametrize(
    ("request_line", "named"),
    [
        ("GET /api/v1/namespaces/a/pods", ("list", "", "pods", "a", "")),
        ("GET /api/v1/pods?watch=true", ("watch", "", "pods", "", "")),
        ("GET /api/v1/pods?watch=1&resourceVersion=4", ("watch", "", "pods", "", "")),
        ("GET /api/v1/namespaces/a/pods/b", ("get", "", "pods", "a", "b")),
        ("POST /api/v1/namespaces/a/pods", ("create", "", "pods", "a", "")),
        ("POST /api/v1/namespaces/a/pods/b/eviction", ("create", "", "pods/eviction", "a", "b")),
        (
            "PATCH /apis/recado.dev/v1alpha1/namespaces/a/companies/b/status",
            ("patch", "recado.dev", "companies/status", "a", "b"),
        ),
        (
            "PUT /apis/coordination.k8s.io/v1/namespaces/a/leases/b",
            ("update", "coordination.k8s.io", "leases", "a", "b"),
        ),
        ("DELETE /api/v1/namespaces/a/secrets", ("deletecollection", "", "secrets", "a", "")),
        ("DELETE /api/v1/namespaces/a/secrets/b", ("delete", "", "secrets", "a", "b")),
        ("GET /api/v1/namespaces", ("list", "", "namespaces", "", "")),
        ("GET /api/v1/namespaces/a", ("get", "", "namespaces", "a", "a")),
        ("PUT /api/v1/namespaces/a/finalize", ("update", "", "namespaces/finalize", "a", "a")),
        ("GET /api/v1/nodes/n", ("get", "", "nodes", "", "n")),
        ("GET /version", ("get", "", "", "", "")),
        ("GET /apis/recado.dev/v1alpha1", ("get", "", "", "", "")),
    ],
)
def test_a_request_is_named_as_a_role_names_it(request_line: str, named: tuple[str, ...]) -> None:
    method, target = request_line.split()
    call = describe(method, target, "somebody")
    assert (call.verb, call.group, call.resource, call.namespace, call.name) == named


def test_a_service_account_is_known_by_its_token_and_others_by_the_list() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"sub": "system:serviceaccount:recado:operator"}).encode()).decode()
    token = f"e30.{claims.rstrip('=')}.signature"
    assert caller_of({"Authorization": f"Bearer {token}"}, {}) == "system:serviceaccount:recado:operator"
    assert caller_of({"Authorization": "Bearer secret"}, {"secret": "admin"}) == "admin"
    assert caller_of({"Authorization": "Bearer e30.@@@.x"}, {}) == "unknown"
    assert caller_of({}, {"": "nobody"}) == "nobody"
