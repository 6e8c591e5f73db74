"""Values that cannot work are refused before anything is made, in words that name the value."""

import base64
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from helm_python import HelmError
from tests.unit.chart.charts import CHART, VALUE_FILES, Object, notes, render, values_of, with_cluster

GIVEN = {"secrets": {"existingSecret": "a"}, "session": {"existingSettingsSecret": "b"}}

REFUSED: list[tuple[str, Any, str]] = [
    ("operater.enabled", False, "operater"),
    ("operator.replica", 1, "replica"),
    ("operator.replicas", 0, "/operator/replicas"),
    ("operator.replicas", "two", "/operator/replicas"),
    ("operator.workers", 0, "/operator/workers"),
    ("operator.rollout.waves", [], "/operator/rollout/waves"),
    ("operator.rollout.maxUnavailablePercent", 0, "/operator/rollout/maxUnavailablePercent"),
    ("operator.watchNamespaces", ["Acme"], "/operator/watchNamespaces/0"),
    ("operator.watchNamespaces", ["a", "a"], "/operator/watchNamespaces"),
    ("operator.watchNamespaces", "acme", "/operator/watchNamespaces"),
    ("operator.resources.limits.memory", "512 MB", "/operator/resources/limits/memory"),
    ("operator.resources.limit.memory", "512Mi", "limit"),
    ("operator.extraEnv", [{"value": "x"}], "/operator/extraEnv/0"),
    ("operator.pdb.maxUnavailable", 0, "/operator/pdb/maxUnavailable"),
    ("global.logLevel", "verbose", "/global/logLevel"),
    ("global.imagePullSecrets", [{"name": "x"}], "/global/imagePullSecrets/0"),
    ("global.commonLabels", {"team": "a b"}, "/global/commonLabels/team"),
    ("image.tag", "latest", "/image/tag"),
    ("image.pullPolicy", "Sometimes", "/image/pullPolicy"),
    ("api.image.digest", "sha256:abc", "/api/image/digest"),
    ("api.replicas", -1, "/api/replicas"),
    ("api.trustedProxies", ["10.0.0.1"], "/api/trustedProxies/0"),
    ("api.autoscaling.targetCPU", 101, "/api/autoscaling/targetCPU"),
    ("worker.queues.default.concurrency", 65, "/worker/queues/default"),
    ("worker.queues.default.classes", ["media"], "/worker/queues/default/classes/0"),
    ("worker.queues.default.classes", ["inbox"], "no group of workers that always has a pod takes background"),
    ("worker.queues.default.replicas", 0, "no group of workers that always has a pod takes inbox"),
    ("worker.queues.default.autoscaling", {"mode": "hpa", "minReplicas": 0}, "autoscaling.minReplicas to 1 or more"),
    ("worker.queues.Night", {"replicas": 1}, "Night"),
    ("worker.queues.default.autoscaling.mode", "cpu", "/worker/queues/default"),
    ("worker.queues.default.autoscaling", {"mode": "keda"}, "/worker/queues/default"),
    ("frontend.service.type", "ExternalName", "/frontend/service/type"),
    ("publicUrl", "inbox.example.com", "/publicUrl"),
    ("publicUrl", "https://example.com/inbox", "/publicUrl"),
    ("ingress.enabled", True, "/ingress/host"),
    ("ingress.host", "https://inbox.example.com", "/ingress/host"),
    ("gateway", {"enabled": True, "host": "a.example.com"}, "/gateway/parentRefs"),
    ("postgresql.mode", "mysql", "/postgresql/mode"),
    ("postgresql.mode", "external", "/postgresql/external"),
    ("postgresql.external.host", "db:5432", "/postgresql/external/host"),
    ("postgresql.external.tls.ca", "/etc/ca.pem", "/postgresql/external/tls/ca"),
    ("postgresql.database", "re-cado", "/postgresql/database"),
    ("postgresql.bundled.persistence.size", "5GB", "/postgresql/bundled/persistence/size"),
    ("postgresql.cnpg.parameters", {"max_connections": 400}, "/postgresql/cnpg/parameters/max_connections"),
    ("redis.mode", "external", "/redis/external"),
    ("redis.external.uri", "redis://:password@redis:6379", "/redis/external/uri"),
    ("redis.bundled.maxMemory", "1 GB", "/redis/bundled/maxMemory"),
    ("secrets.jwtSecret", "x", "jwtSecret"),
    ("firstAdmin.email", "admin", "/firstAdmin/email"),
    ("observability.podMonitor.interval", "30", "/observability/podMonitor/interval"),
    ("networkPolicy.apiServer.ports", [0], "/networkPolicy/apiServer/ports/0"),
    ("networkPolicy.apiServer.cidrs", [], "/networkPolicy/apiServer/cidrs"),
    ("networkPolicy.monitoringNamespace", "Monitoring", "/networkPolicy/monitoringNamespace"),
    ("session.catalog", {"1.0": "recado-session"}, "/session/catalog/1.0"),
    ("session.extraSettings", {"REDIS-URI": "x"}, "REDIS-URI"),
    ("session.retentionDays", -1, "/session/retentionDays"),
    ("session.retentionDays", 1.5, "/session/retentionDays"),
    ("session.canary", "9.9.9", "Add it to session.catalog"),
    ("tests.timeoutSeconds", 0, "/tests/timeoutSeconds"),
    ("uninstall.force", "yes", "/uninstall/force"),
]


def _set(path: str, value: Any) -> Object:
    values = dict(GIVEN)
    *parents, last = path.split(".")
    place: Object = values
    for key in parents:
        place[key] = dict(place.get(key, {}))
        place = place[key]
    place[last] = value
    return values


@pytest.mark.parametrize(("path", "value", "told"), REFUSED, ids=[f"{path}={value}" for path, value, _ in REFUSED])
def test_it_is_refused_by_name(path: str, value: Any, told: str) -> None:
    with pytest.raises(HelmError) as refused:
        render(_set(path, value))
    message = str(refused.value)
    assert told.replace("/", ".").lstrip(".") in message.replace("/", ".").replace("['", ".").replace("']", "")
    assert "%!" not in message
    assert "nil pointer" not in message


def test_a_group_that_only_helps_may_have_no_pod() -> None:
    helping = {"classes": ["inbox"], "autoscaling": {"mode": "hpa", "minReplicas": 0}}
    assert render(_set("worker.queues", {"burst": helping}))


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "set secrets.existingSecret"),
        ({"secrets": {"existingSecret": "a"}}, "set session.existingSettingsSecret"),
        (
            {"secrets": {"existingSecret": "a"}, "redis": {"mode": "external", "external": {"existingSecret": "r"}}},
            "set session.existingSettingsSecret",
        ),
        (GIVEN | {"postgresql": {"mode": "cnpg"}}, "set postgresql.cnpg.ownerSecret"),
    ],
)
def test_secrets_are_not_invented_where_the_cluster_cannot_be_asked(values: Object, told: str) -> None:
    with pytest.raises(HelmError, match=told):
        render(values)


def test_the_schema_allows_nothing_that_nobody_named() -> None:
    """Every object of the schema is closed, but for the maps that are the user's own."""
    schema = yaml.safe_load((CHART / "values.schema.json").read_text())
    open_maps = {"free"}

    def check(part: Any, path: str) -> None:
        if not isinstance(part, dict):
            return
        if part.get("type") == "object" and path.rsplit("/", 1)[-1] not in open_maps and "required" not in part:
            assert "additionalProperties" in part, path
        for key, inner in part.items():
            check(inner, f"{path}/{key}")

    check(schema, "")


def test_the_schema_knows_every_value_and_no_other() -> None:
    schema = yaml.safe_load((CHART / "values.schema.json").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())

    def resolve(part: Object) -> Object:
        if "$ref" in part:
            return resolve(schema["$defs"][part["$ref"].rsplit("/", 1)[-1]])
        return next((resolve(one) for one in part.get("anyOf", []) if resolve(one).get("properties")), part)

    def compare(part: Object, value: Any, path: str) -> None:
        part = resolve(part)
        if isinstance(value, dict) and "properties" in part:
            assert set(part["properties"]) == set(value) or path.endswith("resources"), path
            for key, inner in value.items():
                compare(part["properties"][key], inner, f"{path}.{key}")
        elif path == "worker.queues":
            compare(part["additionalProperties"], value["default"], f"{path}.default")

    compare(schema, values, "")


def test_what_is_generated_is_long_and_the_same_wherever_it_stands(tmp_path: Path) -> None:
    objects = render({"firstAdmin": {"email": "ana@example.com"}}, with_cluster(tmp_path))
    made = {one["metadata"]["name"]: one for one in objects if one["kind"] == "Secret"}
    data = {key: base64.b64decode(value).decode() for key, value in made["recado-secrets"]["data"].items()}
    assert set(data) == {
        "jwt-secret",
        "jwt-refresh-secret",
        "admin-password",
        "app-password",
        "operator-password",
        "owner-password",
        "superuser-password",
        "redis-password",
        "redis-session-password",
    }
    assert len(set(data.values())) == len(data)
    assert all(re.fullmatch(r"[A-Za-z0-9]{48}", value) for value in data.values())
    assert made["recado-secrets"]["metadata"]["annotations"] == {"helm.sh/resource-policy": "keep"}
    settings = made["recado-session-settings"]["stringData"]
    assert settings["REDIS_URI"] == f"redis://session:{data['redis-session-password']}@recado-redis.desk.svc:6379/0"
    assert not {"DB_USER", "DB_PASS", "JWT_SECRET"} & set(settings)


WARNINGS = {
    "minimal": ["bundled one, for evaluation", "Redis is the bundled one", "without TLS", "no administrator"],
    "gateway": ["come from one, that of a proxy"],
    "evaluation": [
        "port-forward svc/recado-simulator 8090",
        "All sessions talk to the simulator",
        "loses everything with its pod",
        "One operator",
    ],
    "external": [],
    "cnpg": ["no administrator"],
    "openshift": ["Every pod of the cluster may reach ours", "Nobody migrates"],
}


@pytest.mark.parametrize("name", WARNINGS)
def test_the_notes_say_the_next_command_and_what_to_mind(name: str) -> None:
    said = notes(values_of(CHART / "ci" / f"{name}-values.yaml"))
    assert "kubectl" in said
    assert "kind: WhatsAppConnection" in said
    for warning in WARNINGS[name]:
        assert warning in said
    if not WARNINGS[name]:
        assert "Before you rely on it" not in said


def test_a_load_balancer_is_a_proxy_too() -> None:
    said = notes({**GIVEN, "frontend": {"service": {"type": "LoadBalancer"}}})
    assert "set api.trustedProxies" in said
    assert "set api.trustedProxies" not in notes(GIVEN)


@pytest.mark.parametrize("file", VALUE_FILES, ids=lambda file: file.name)
def test_no_note_is_broken(file: Path) -> None:
    said = notes(values_of(file))
    assert "<no value>" not in said
    assert "%!" not in said
