"""Objects as a watch brings them."""

from typing import Any

UID = "01890000-0000-7000-8000-000000000001"
COMPANY_UID = "01890000-0000-7000-8000-000000000002"


def connection(version: int = 10, uid: str = UID, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "recado.dev/v1alpha1",
        "kind": "WhatsAppConnection",
        "metadata": {
            "name": "support",
            "namespace": "acme",
            "uid": uid,
            "resourceVersion": str(version),
            "creationTimestamp": "2026-11-23T12:00:00Z",
            "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:spec": {}}}],
        },
        "spec": {"companyRef": {"name": "acme"}, **spec},
    }


def company(version: int = 5, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "recado.dev/v1alpha1",
        "kind": "Company",
        "metadata": {"name": "acme", "namespace": "acme", "uid": COMPANY_UID, "resourceVersion": str(version)},
        "spec": {"displayName": "Acme", **spec},
    }


def pod(version: int = 20, epoch: int = 3, status: dict[str, Any] | None = None, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"wa-support-e{epoch}",
            "namespace": "acme",
            "uid": f"pod-{epoch}",
            "resourceVersion": str(version),
            "creationTimestamp": "2026-11-23T12:00:00Z",
            "annotations": {"recado.dev/template-hash": "0123456789abcdef"},
            "ownerReferences": [{"kind": "WhatsAppConnection", "name": "support", "uid": UID, "controller": True}],
            **metadata,
        },
        "spec": {"nodeName": "node-7", "containers": [{"name": "session", "image": "recado-session:1.4.0"}]},
        "status": status or {"phase": "Pending"},
    }


def running(started: str = "2026-11-23T12:00:05Z", restarts: int = 0) -> dict[str, Any]:
    container = {"state": {"running": {"startedAt": started}}, "restartCount": restarts, "ready": True}
    return {"phase": "Running", "containerStatuses": [container], "conditions": [{"type": "Ready", "status": "True"}]}


def crashing(code: int, restarts: int) -> dict[str, Any]:
    container = {
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}},
        "lastState": {"terminated": {"exitCode": code, "message": '{"state": "failed"}'}},
        "restartCount": restarts,
    }
    return {"phase": "Running", "containerStatuses": [container]}
