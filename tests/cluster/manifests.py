"""The small objects that tests of the cluster itself use."""

from typing import Any

Object = dict[str, Any]
RESTRICTED: Object = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "runAsUser": 65532,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}


def config_map(name: str, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def pod(name: str, image: str = "localhost/visitor:1", *arguments: str, **labels: str) -> Object:
    """A pod that an enforced `restricted` namespace admits."""
    container: Object = {
        "name": "main",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "securityContext": RESTRICTED,
    }
    if arguments:
        container["args"] = list(arguments)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 1,
            "containers": [container],
        },
    }


def note_definition(group: str) -> Object:
    """A CRD with a rule (CEL), a default and a status: what ours use."""
    rule = {"rule": "self == oldSelf", "message": "title is immutable"}
    title = {"type": "string", "maxLength": 20, "x-kubernetes-validations": [rule]}
    spec = {
        "type": "object",
        "required": ["title"],
        "properties": {"title": title, "pages": {"type": "integer", "default": 1}},
    }
    status = {"type": "object", "properties": {"read": {"type": "boolean"}}}
    schema = {"type": "object", "properties": {"spec": spec, "status": status}}
    version = {"name": "v1", "served": True, "storage": True, "subresources": {"status": {}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"notes.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Note", "plural": "notes", "singular": "note"},
            "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def note(title: str, name: str = "first") -> Object:
    return {"metadata": {"name": name}, "spec": {"title": title}}
