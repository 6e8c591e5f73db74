"""The pod of one session and epoch. Admitted under the `restricted` Pod Security standard; no token, no volume that
outlives it: what must last is in PostgreSQL.
"""

from typing import Any

from recado_operator.build import names
from recado_operator.build.blueprint import Blueprint
from recado_operator.build.hashing import marks_hash, resources_hash, template_hash

USER = 65532
CONTAINER = "session"
HEALTH_PORT = 8081
METRICS_PORT = 8082
GRACE_SECONDS = 30
JOURNAL = "/var/lib/recado/journal"

MEMORY_FRUGAL = {
    "NEONIZE_BOT_TAG": "off",
    "GOMEMLIMIT": "64MiB",
    "GOGC": "50",
    "GOMAXPROCS": "2",
    "MALLOC_ARENA_MAX": "2",
}
"""The Go runtime inside a session collects early, glibc keeps few arenas: thousands of sessions share the nodes."""


def build_pod(blueprint: Blueprint) -> dict[str, Any]:
    owner = blueprint.owner
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": names.session_name(owner.name, blueprint.epoch),
            "namespace": blueprint.namespace,
            "labels": build_labels(blueprint),
            "annotations": build_annotations(blueprint),
            "ownerReferences": [owner.reference()],
        },
        "spec": _spec(blueprint),
    }


def build_labels(blueprint: Blueprint) -> dict[str, str]:
    """Ours stand above those of tenants."""
    ours = names.session_labels(blueprint.owner.name, blueprint.company, blueprint.epoch)
    guard = {} if blueprint.evictable else {names.GUARDED: "true"}
    return {**blueprint.labels, **ours, **guard}


def build_annotations(blueprint: Blueprint) -> dict[str, str]:
    return {
        **plain_annotations(blueprint),
        names.TEMPLATE_HASH: template_hash(blueprint),
        names.RESOURCES_HASH: resources_hash(blueprint),
        names.MARKS_HASH: marks_hash(blueprint),
    }


def plain_annotations(blueprint: Blueprint) -> dict[str, str]:
    """Those that say nothing about the making of the pod."""
    return {**blueprint.annotations, names.SAFE_TO_EVICT: str(blueprint.evictable).lower()}


def _spec(blueprint: Blueprint) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "serviceAccountName": names.SESSION_ACCOUNT,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "restartPolicy": "OnFailure",
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": USER,
            "fsGroup": USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [_container(blueprint)],
        "volumes": [
            {"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": "64Mi"}},
            {"name": "journal", "emptyDir": {"sizeLimit": "1Gi"}},
        ],
        "tolerations": _tolerations(blueprint),
        **_placement(blueprint),
    }
    if blueprint.pull_secrets:
        spec["imagePullSecrets"] = [{"name": name} for name in blueprint.pull_secrets]
    return spec


def _container(blueprint: Blueprint) -> dict[str, Any]:
    return {
        "name": CONTAINER,
        "image": blueprint.image,
        "imagePullPolicy": "IfNotPresent",
        "envFrom": [
            {"secretRef": {"name": blueprint.settings_secret}},
            {"secretRef": {"name": names.session_name(blueprint.owner.name, blueprint.epoch)}},
        ],
        "env": _environment(blueprint),
        "resources": {name: dict(values) for name, values in blueprint.resources.items()},
        "ports": [
            {"name": "health", "containerPort": HEALTH_PORT, "protocol": "TCP"},
            {"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"},
        ],
        "startupProbe": _probe("/livez", period=2, failures=30),
        "livenessProbe": _probe("/livez", period=10, failures=3),
        "readinessProbe": _probe("/readyz", period=3, failures=2),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}, {"name": "journal", "mountPath": JOURNAL}],  # noqa: S108 - a volume of the pod alone
    }


def _environment(blueprint: Blueprint) -> list[dict[str, Any]]:
    plain = {
        **MEMORY_FRUGAL,
        "RECADO_JOURNAL_DIR": JOURNAL,
        "RECADO_HEALTH_HOST": "0.0.0.0",  # noqa: S104 - the kubelet asks from outside the pod
        "RECADO_HEALTH_PORT": str(HEALTH_PORT),
        "RECADO_METRICS_HOST": "0.0.0.0",  # noqa: S104 - as above
        "RECADO_METRICS_PORT": str(METRICS_PORT),
    }
    environment: list[dict[str, Any]] = [{"name": name, "value": value} for name, value in plain.items()]
    if blueprint.proxy_secret is not None:
        name, key = blueprint.proxy_secret
        reference = {"secretKeyRef": {"name": name, "key": key}}
        environment.append({"name": "RECADO_WHATSAPP_PROXY", "valueFrom": reference})
    return environment


def _probe(path: str, *, period: int, failures: int) -> dict[str, Any]:
    return {
        "httpGet": {"path": path, "port": "health"},
        "periodSeconds": period,
        "timeoutSeconds": 3,
        "failureThreshold": failures,
    }


def _tolerations(blueprint: Blueprint) -> list[dict[str, Any]]:
    ours = [
        {
            "key": f"node.kubernetes.io/{condition}",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": blueprint.unreachable_seconds,
        }
        for condition in ("not-ready", "unreachable")
    ]
    return [*ours, *(dict(toleration) for toleration in blueprint.tolerations)]


def _placement(blueprint: Blueprint) -> dict[str, Any]:
    placement: dict[str, Any] = {}
    if blueprint.node_selector:
        placement["nodeSelector"] = dict(blueprint.node_selector)
    if blueprint.priority_class:
        placement["priorityClassName"] = blueprint.priority_class
    if blueprint.topology_spread:
        placement["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": "kubernetes.io/hostname",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": {names.COMPANY: blueprint.company}},
            }
        ]
    return placement
