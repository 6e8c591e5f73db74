"""Alerts and dashboards ask for metrics that exist, and every alert has a page that says what to do."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry, Histogram
from tests.unit.chart.charts import CHART, ROOT, metric_names, named, render, values_of

from recado_api.app import SOCKETS
from recado_api.http.access_log import AccessLog
from recado_core.resources.conditions import Reason
from recado_core.session_states import SESSION_STATES
from recado_kubernetes import metrics as kubernetes_metrics
from recado_operator import process as operator_process
from recado_session.metrics import Metrics
from recado_session.session_api import Outcome
from recado_worker import process as worker_process
from recado_worker.runner import DONE, FAILED

RUNBOOKS = ROOT / "docs" / "runbooks"
DASHBOARDS = sorted((CHART / "files" / "dashboards").glob("*.json"))
COUNTED = re.compile(r"\b(?:rate|increase)\((\w+)\{([^}]*)\}\[")
EQUAL = re.compile(r'\b(?!namespace)(\w+)=~?"([^"]*)"')
QUANTILE = re.compile(r"histogram_quantile\(.*?\b(\w+_bucket)\b.*\) > ([\d.]+)")
SELECTED = re.compile(r"\b(?:recado|workqueue)_[a-z_]+(.?\w*)")
SECTIONS = ("## What it means", "## What to look at", "## What to do")


DECLARED_WHEN_IMPORTED = (kubernetes_metrics, operator_process, worker_process)


def registries() -> Iterable[CollectorRegistry]:
    web = CollectorRegistry()
    AccessLog(web).wrap(None)  # type: ignore[arg-type]  # only its metrics
    return REGISTRY, web, Metrics(lambda: 0).registry


AT_START = [sample for registry in registries() for metric in registry.collect() for sample in metric.samples]
"""Of processes in which nothing happened yet: this line runs before any test."""
BY_ROUTE_OR_ANSWER = {"recado_http_requests_total", "recado_api_requests_total"}
"""Counters whose labels nobody can list. Alerts on them are about what goes on for minutes."""


def exported() -> set[str]:
    """Every sample that our processes export, by name."""
    found = {SOCKETS}
    for registry in registries():
        for metric in registry.collect():
            suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}.get(metric.type, ("",))
            found |= {metric.name + suffix for suffix in suffixes}
    return found


@pytest.fixture(scope="module")
def alerts() -> list[dict[str, str]]:
    groups = yaml.safe_load((CHART / "files" / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alerts_ask_for_metrics_that_exist(alerts: list[dict[str, str]]) -> None:
    asked = {name for alert in alerts for name in metric_names(alert["expr"])}
    assert asked
    assert asked <= exported()


def test_alerts_name_states_and_reasons_that_exist(alerts: list[dict[str, str]]) -> None:
    known: dict[str, set[str]] = {
        "state": set(SESSION_STATES),
        "reason": {reason.value for reason in Reason},
        "outcome": {*get_args(Outcome), DONE, FAILED},
    }
    for label, values in known.items():
        named_here = [found for alert in alerts for found in re.findall(rf'\b{label}=~?"([^"]+)"', alert["expr"])]
        assert named_here
        assert {value for found in named_here for value in found.split("|")} <= values


def test_what_an_alert_counts_is_there_from_the_start(alerts: list[dict[str, str]]) -> None:
    """What begins with its first event shows no increase then: the alert would sleep through it."""
    counted = [found for alert in alerts for found in COUNTED.findall(alert["expr"])]
    assert counted
    for name, selectors in counted:
        if name not in BY_ROUTE_OR_ANSWER and not name.endswith("_bucket"):
            wanted = {label: value.split("|") for label, value in EQUAL.findall(selectors)}
            missing = [value for label, values in wanted.items() for value in values if not starts(name, label, value)]
            assert starts(name), name
            assert not missing, name


def starts(name: str, label: str = "", value: str = "") -> bool:
    return any(sample.name == name and sample.labels.get(label, "") == value for sample in AT_START)


def test_a_threshold_is_below_the_largest_bucket(alerts: list[dict[str, str]]) -> None:
    """A quantile is never more than that, so an alert that asks for more never fires."""
    asked = [found for alert in alerts for found in QUANTILE.findall(alert["expr"])]
    assert asked
    for name, threshold in asked:
        assert float(threshold) < largest_bucket(name), name


def largest_bucket(name: str) -> float:
    metric = name.removesuffix("_bucket")
    (bounds,) = {
        tuple(found._upper_bounds)
        for registry in registries()
        for found in registry._collector_to_names
        if isinstance(found, Histogram) and found._name == metric
    }
    return float(bounds[-2])


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_dashboards_ask_for_metrics_that_exist(file: Path) -> None:
    board = json.loads(file.read_text())
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked = {name for expression in expressions for name in metric_names(expression)}
    assert asked
    assert asked <= exported()
    assert all(expression.count("(") == expression.count(")") for expression in expressions)
    assert all(found.startswith("{namespace") for expression in expressions for found in SELECTED.findall(expression))


def test_a_metric_that_nobody_exports_would_be_found() -> None:
    assert metric_names('sum(rate(recado_nothing_total{a="b"}[5m]))') - exported() == {"recado_nothing_total"}


def test_every_alert_has_a_page_and_every_page_an_alert(alerts: list[dict[str, str]]) -> None:
    pages = {page.stem: page.read_text() for page in RUNBOOKS.glob("Recado*.md")}
    assert set(pages) == {alert["alert"] for alert in alerts}
    for name, text in pages.items():
        assert all(section in text for section in SECTIONS), name


def test_rules_name_their_page_and_their_namespace() -> None:
    values = values_of(CHART / "ci" / "gateway-values.yaml")
    objects = render({**values, "operator": {**values.get("operator", {}), "watchNamespaces": ["acme", "zoo"]}})
    groups = named(objects, "PrometheusRule", "recado")["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    of_sessions = {sample.name for metric in Metrics(lambda: 0).registry.collect() for sample in metric.samples}
    assert len(rules) >= 10
    for rule in rules:
        assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{rule['alert']}.md")
        assert set(SELECTED.findall(rule["expr"])) == {"{namespace"}
        for name, home in re.findall(r'(\w+)\{namespace(=~?"[^"]*")', rule["expr"]):
            assert home == ('=~"acme|zoo"' if name in of_sessions else '="desk"'), rule["expr"]
        assert rule["labels"]["severity"] in {"warning", "critical"}
