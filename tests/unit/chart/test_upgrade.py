"""An upgrade changes no field that Kubernetes refuses to change; what cannot be altered gets a new name instead."""

import shutil
from pathlib import Path

import pytest
from tests.unit.chart.charts import CHART, Object, of_kind, pods, render, values_of, with_cluster

CHANGED: dict[str, Object] = {
    "global": {"logLevel": "debug", "commonLabels": {"cost-center": "other"}},
    "api": {"replicas": 5, "podLabels": {"team": "other"}},
    "migrations": {"backoffLimit": 2},
}


@pytest.fixture(scope="module")
def next_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("next") / "recado"
    shutil.copytree(CHART, copy)
    about = copy / "Chart.yaml"
    about.write_text(about.read_text().replace("ersion: 0.1.0", "ersion: 0.2.0"))
    return copy


FROZEN = {
    "Deployment": ("spec.selector",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
    "Job": ("spec.template", "spec.selector"),
    "RoleBinding": ("roleRef",),
    "Secret": ("type",),
    "Service": ("spec.clusterIP",),
}
"""The fields that an update may not touch."""


def frozen(one: Object) -> list[object]:
    return [_at(one, path.split(".")) for path in FROZEN.get(one["kind"], ())]


def _at(value: Object, path: list[str]) -> object:
    return value.get(path[0]) if len(path) == 1 else _at(value.get(path[0], {}), path[1:])


def test_an_upgrade_changes_nothing_immutable(value_file: Path, objects: list[Object], next_release: Path) -> None:
    before = {(one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]): one for one in objects}
    values = values_of(value_file)
    merged = {**values, **{key: {**values.get(key, {}), **change} for key, change in CHANGED.items()}}
    compared = 0
    for one in render(merged, next_release):
        earlier = before.get((one["kind"], one["metadata"].get("namespace"), one["metadata"]["name"]))
        if earlier is not None and "helm.sh/hook" not in one["metadata"].get("annotations", {}):
            assert frozen(one) == frozen(earlier), one["metadata"]["name"]
            compared += one["kind"] in {"Deployment", "StatefulSet"}
    assert compared >= 4


def test_a_new_release_has_a_new_job(next_release: Path) -> None:
    values = values_of(CHART / "ci" / "evaluation-values.yaml")
    (old,), (new,) = (_migrations(render(values, chart)) for chart in (CHART, next_release))
    assert old != new


def test_the_same_release_keeps_its_job() -> None:
    values = values_of(CHART / "ci" / "evaluation-values.yaml")
    assert _migrations(render(values)) == _migrations(render(values | {"api": {"replicas": 4}}))


def test_pods_carry_a_hash_of_the_secrets_that_they_were_made_with(tmp_path: Path) -> None:
    """So a Secret that is changed rolls whoever reads it, and gives the database a job that sets the new passwords."""
    values = {"firstAdmin": {"email": "ana@example.com"}}
    hashes = _hashes(render(values, with_cluster(tmp_path)))
    reading = {"api", "realtime", "operator", "worker-default", "redis", "migrate"}
    assert {name for name in reading if hashes[name]} == reading
    assert hashes["frontend"] is None
    assert hashes["api"] == hashes["realtime"] != hashes["operator"]


def test_where_secrets_cannot_be_read_there_is_no_hash_of_them(objects: list[Object]) -> None:
    """One of nothing would roll every pod as soon as somebody who can read them renders the same."""
    assert set(_hashes(objects).values()) == {None}


def _hashes(objects: list[Object]) -> dict[str, str | None]:
    """By component."""
    return {
        pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod["metadata"]
        .get("annotations", {})
        .get("checksum/secrets")
        for _, pod in pods(objects)
    }


def _migrations(objects: list[Object]) -> list[str]:
    return [one["metadata"]["name"] for one in of_kind(objects, "Job") if "migrate" in one["metadata"]["name"]]
