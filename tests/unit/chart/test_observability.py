"""Alerts and dashboards ask for metrics that exist, and every alert has a page that says what to do."""

import json
import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import REGISTRY, CollectorRegistry
from tests.unit.chart.charts import CHART, ROOT, metric_names, named, render, values_of

from recado_api.app import SOCKETS
from recado_api.http.access_log import AccessLog
from recado_core.resources.conditions import Reason
from recado_core.session_states import SESSION_STATES
from recado_kubernetes import metrics as kubernetes_metrics
from recado_operator.runtime import metrics as operator_metrics
from recado_session.metrics import Metrics
from recado_worker import metrics as worker_metrics

RUNBOOKS = ROOT / "docs" / "runbooks"
DASHBOARDS = sorted((CHART / "files" / "dashboards").glob("*.json"))
SECTIONS = ("## What it means", "## What to look at", "## What to do")


DECLARED_WHEN_IMPORTED = (kubernetes_metrics, operator_metrics, worker_metrics)


def exported() -> set[str]:
    """Every sample that our processes export, by name."""
    web = CollectorRegistry()
    AccessLog(web).wrap(None)  # type: ignore[arg-type]  # only its metrics
    found = {SOCKETS}
    for registry in (REGISTRY, web, Metrics(lambda: 0).registry):
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
    known: dict[str, set[str]] = {"state": set(SESSION_STATES), "to": {reason.value for reason in Reason}}
    for label, values in known.items():
        named_here = [found for alert in alerts for found in re.findall(rf'\b{label}=~?"([^"]+)"', alert["expr"])]
        assert named_here
        assert {value for found in named_here for value in found.split("|")} <= values


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_dashboards_ask_for_metrics_that_exist(file: Path) -> None:
    board = json.loads(file.read_text())
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    asked = {name for expression in expressions for name in metric_names(expression)}
    assert asked
    assert asked <= exported()
    assert all(expression.count("(") == expression.count(")") for expression in expressions)


def test_a_metric_that_nobody_exports_would_be_found() -> None:
    assert metric_names('sum(rate(recado_nothing_total{a="b"}[5m]))') - exported() == {"recado_nothing_total"}


def test_every_alert_has_a_page_and_every_page_an_alert(alerts: list[dict[str, str]]) -> None:
    pages = {page.stem: page.read_text() for page in RUNBOOKS.glob("Recado*.md")}
    assert set(pages) == {alert["alert"] for alert in alerts}
    for name, text in pages.items():
        assert all(section in text for section in SECTIONS), name


def test_rules_name_their_page_and_their_namespace() -> None:
    objects = render(values_of(CHART / "ci" / "gateway-values.yaml"))
    groups = named(objects, "PrometheusRule", "recado")["spec"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) >= 10
    for rule in rules:
        assert rule["annotations"]["runbook_url"].endswith(f"/docs/runbooks/{rule['alert']}.md")
        assert "NAMESPACE" not in rule["expr"]
        assert rule["labels"]["severity"] in {"warning", "critical"}
