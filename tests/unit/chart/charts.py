"""Renders charts/recado as Helm does, without a cluster, and finds one's way in what came out."""

import json
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from helm_python import Chart

ROOT = Path(__file__).parents[3]
CHART = ROOT / "charts" / "recado"
VALUE_FILES = sorted((CHART / "ci").glob("*-values.yaml"))
NAME, NAMESPACE = "recado", "desk"
NOTES = "NOTES.txt"

Object = dict[str, Any]


def values_of(file: Path) -> Object:
    loaded: Object = yaml.safe_load(file.read_text())
    return loaded


def render(values: Mapping[str, Any], chart: Path = CHART, name: str = NAME) -> list[Object]:
    """Every object, hooks too. Raises helm_python.HelmError."""
    files = Chart.load(chart).render(dict(values), name=name, namespace=NAMESPACE)
    return [
        found
        for path, text in sorted(files.items())
        if not path.endswith(NOTES)
        for found in yaml.load_all(text, Loader=yaml.CSafeLoader)  # several times as quick as the one in Python
        if found
    ]


def without_definitions(objects: Sequence[Object]) -> list[Object]:
    """What this chart wrote itself: custom resource definitions are copies."""
    return [one for one in objects if one["kind"] != "CustomResourceDefinition"]


def notes(values: Mapping[str, Any], chart: Path = CHART) -> str:
    files = Chart.load(chart).render(dict(values), name=NAME, namespace=NAMESPACE)
    return next(text for path, text in files.items() if path.endswith(NOTES))


def with_cluster(directory: Path, secrets: Mapping[str, Mapping[str, str]] | None = None) -> Path:
    """A copy of the chart that believes it can ask a cluster, which has `secrets`: none at the first installation."""
    copy = directory / "recado"
    shutil.copytree(CHART, copy)
    helper = copy / "templates" / "_generated.tpl"
    text = helper.read_text()
    encoded = {
        name: {"data": {key: b64encode(value.encode()).decode() for key, value in values.items()}}
        for name, values in (secrets or {}).items()
    }
    for asking, answer in (
        ('lookup "v1" "Secret" .Release.Namespace ""', "true"),
        (
            'lookup "v1" "Secret" .top.Release.Namespace .secret',
            f"default dict (get (fromJson `{json.dumps(encoded)}`) .secret)",
        ),
    ):
        assert asking in text
        text = text.replace(asking, answer)
    helper.write_text(text)
    return copy


def of_kind(objects: Sequence[Object], *kinds: str) -> list[Object]:
    return [one for one in objects if one["kind"] in kinds]


def named(objects: Sequence[Object], kind: str, name: str) -> Object:
    (found,) = [one for one in objects if one["kind"] == kind and one["metadata"]["name"] == name]
    return found


def pod_of(one: Object) -> Object | None:
    """The pod, or the template of pods, in an object."""
    if one["kind"] == "Pod":
        return one
    template: Object | None = one.get("spec", {}).get("template")
    return template if one["kind"] in {"Deployment", "StatefulSet", "Job"} else None


def pods(objects: Sequence[Object]) -> list[tuple[str, Object]]:
    found = [(f"{one['kind']}/{one['metadata']['name']}", pod_of(one)) for one in objects]
    return [(name, pod) for name, pod in found if pod is not None]


def containers(pod: Object) -> list[Object]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every leaf with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from walk(inner, f"{path}[{index}]")
    else:
        yield path, value


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector with matchLabels only selects `labels`."""
    assert set(selector) <= {"matchLabels"}, selector
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


def metric_names(text: str) -> set[str]:
    """Names of metrics in PromQL: what stands before a brace, a bracket or an operator, and is ours."""
    return set(re.findall(r"\b(recado_[a-z_]+|workqueue_[a-z_]+)\b", text))
