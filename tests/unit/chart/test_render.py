"""What is rendered is what every supported Kubernetes accepts, and the same as last time unless somebody meant it."""

from pathlib import Path

import pytest
import yaml
from helm_python.chart import lint
from tests.unit.chart.charts import (
    CHART,
    ROOT,
    VALUE_FILES,
    Object,
    containers,
    named,
    of_kind,
    pods,
    render,
    values_of,
    with_cluster,
    without_definitions,
)
from tests.unit.chart.schemas import problems

VERSIONS = ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]
FOREIGN = {"Cluster", "CustomResourceDefinition", "HTTPRoute", "PodMonitor", "PrometheusRule", "ScaledObject"}
GOLDEN = ROOT / "tests" / "unit" / "chart" / "golden" / "evaluation.yaml"


def test_there_are_enough_files_of_values() -> None:
    assert len(VALUE_FILES) >= 8


def test_lint_finds_nothing(value_file: Path) -> None:
    report = lint(CHART, values_of(value_file), strict=True, kube_version="v1.31.0")
    assert report["errors"] == []
    assert [told for told in report["messages"] if told["severity"] > 1] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid(objects: list[Object], version: str) -> None:
    assert [found for one in objects if one["kind"] not in FOREIGN for found in problems(one, version)] == []


def test_the_schemas_would_notice() -> None:
    wrong = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "x"},
        "spec": {"porst": [], "ports": [{"port": "y"}]},
    }
    assert len(problems(wrong, "1.31")) == 2


def test_every_object_is_complete(objects: list[Object]) -> None:
    names = [
        (one["apiVersion"], one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]) for one in objects
    ]
    assert len(names) == len(set(names))


def test_a_render_is_the_same_twice(value_file: Path, objects: list[Object]) -> None:
    assert render(values_of(value_file)) == objects


def test_the_evaluation_renders_as_last_time() -> None:
    """Written anew with `scripts/chart golden` when a change is meant; read the difference before you commit it."""
    rendered = without_definitions(render(values_of(CHART / "ci" / "evaluation-values.yaml")))
    assert list(yaml.safe_load_all(GOLDEN.read_text())) == rendered


def test_definitions_are_kept_when_the_chart_goes(objects: list[Object]) -> None:
    for one in of_kind(objects, "CustomResourceDefinition"):
        assert one["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
        assert (
            one["spec"]
            == yaml.safe_load((ROOT / "crds" / f"{one['spec']['names']['plural']}.yaml").read_text())["spec"]
        )


def test_definitions_may_come_from_elsewhere() -> None:
    assert not of_kind(render(values_of(CHART / "ci" / "openshift-values.yaml")), "CustomResourceDefinition")


def test_without_values_it_installs_where_there_is_a_cluster(tmp_path: Path) -> None:
    kinds = {one["kind"] for one in render({}, with_cluster(tmp_path))}
    assert {"Deployment", "StatefulSet", "Secret", "NetworkPolicy", "Role", "Job"} <= kinds


def test_local_images_are_those_that_make_images_builds(tmp_path: Path) -> None:
    objects = render(values_of(CHART / "values-local.yaml"), with_cluster(tmp_path))
    images = {container["image"] for _, pod in pods(objects) for container in containers(pod)}
    names = ("api", "frontend", "operator", "postgres", "redis", "simulator", "worker")
    assert images == {f"localhost/recado-{name}:0.1.0" for name in names}
    told = named(objects, "Deployment", "recado-operator")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert "localhost/recado-session:0.1.0" in str(told)


def test_autoscaling_leaves_the_number_to_the_autoscaler() -> None:
    """Whoever applies server-side owns what they send: a number here would be fought over with the autoscaler."""
    objects = render(values_of(CHART / "ci" / "autoscaling-values.yaml"))
    scaled = {
        one["spec"]["scaleTargetRef"]["name"] for one in of_kind(objects, "HorizontalPodAutoscaler", "ScaledObject")
    }
    assert scaled == {"recado-api", "recado-realtime", "recado-worker-default", "recado-worker-night"}
    for one in of_kind(objects, "Deployment"):
        assert ("replicas" in one["spec"]) == (one["metadata"]["name"] not in scaled)


def test_workers_are_scaled_by_what_waits_in_their_classes() -> None:
    objects = render(values_of(CHART / "ci" / "autoscaling-values.yaml"))
    [scaled] = named(objects, "HorizontalPodAutoscaler", "recado-worker-default")["spec"]["metrics"]
    assert scaled["pods"]["metric"]["name"] == "recado_inbox_oldest_seconds"
    [asked] = named(objects, "ScaledObject", "recado-worker-night")["spec"]["triggers"]
    assert asked["metadata"]["query"].startswith('max(recado_jobs_oldest_seconds{namespace="')
    taken = [
        [one["value"] for one in _worker(objects, group)["env"] if one["name"] == "RECADO_WORKER_QUEUES"]
        for group in ("default", "night")
    ]
    assert taken == [["inbox"], ["background"]]


def _worker(objects: list[Object], group: str) -> Object:
    pod = named(objects, "Deployment", f"recado-worker-{group}")["spec"]["template"]
    return containers(pod)[-1]


def test_a_group_of_all_classes_is_scaled_by_each() -> None:
    given = {"secrets": {"existingSecret": "a"}, "session": {"existingSettingsSecret": "b"}}
    objects = render({**given, "worker": {"queues": {"default": {"autoscaling": {"mode": "hpa"}}}}})
    metrics = named(objects, "HorizontalPodAutoscaler", "recado-worker-default")["spec"]["metrics"]
    names = {one["pods"]["metric"]["name"] for one in metrics}
    assert names == {"recado_inbox_oldest_seconds", "recado_jobs_oldest_seconds"}


def test_cloudnativepg_is_told_what_its_users_say_too() -> None:
    """And it makes the owner at the start only: what it manages for good would lose the roles that it made."""
    spec = named(render(values_of(CHART / "ci" / "cnpg-values.yaml")), "Cluster", "recado-database")["spec"]
    assert spec["postgresql"] == {
        "parameters": {"max_connections": "1000"},
        "synchronous": {"method": "any", "number": 1},
    }
    assert spec["plugins"] == [{"name": "barman-cloud.cloudnative-pg.io"}]
    assert spec["instances"] == 3
    assert spec["bootstrap"]["initdb"]["postInitSQL"] == ["alter role recado_owner createrole"]
    assert "managed" not in spec


def test_cloudnativepg_has_connections_for_some_hundred_numbers() -> None:
    given = {"secrets": {"existingSecret": "a"}, "session": {"existingSettingsSecret": "b"}}
    objects = render({**given, "postgresql": {"mode": "cnpg", "cnpg": {"ownerSecret": "c"}}})
    spec = named(objects, "Cluster", "recado-database")["spec"]
    assert spec["postgresql"] == {"parameters": {"max_connections": "400"}}


def test_a_recovery_takes_the_place_of_an_empty_database() -> None:
    values = values_of(CHART / "ci" / "cnpg-values.yaml")
    values["postgresql"]["cnpg"]["spec"] = {"bootstrap": {"recovery": {"source": "before"}}}
    spec = named(render(values), "Cluster", "recado-database")["spec"]
    assert spec["bootstrap"] == {"recovery": {"source": "before"}}
