"""Who may reach what outside: what values open is open for all that they name, sessions too, and for nobody else."""

from pathlib import Path
from typing import Any

import pytest
from tests.unit.chart.charts import CHART, Object, named, of_kind, render, values_of, with_cluster

REDIS_6380: Object = {"ports": [{"protocol": "TCP", "port": 6380}]}
GIVEN: Object = {"secrets": {"existingSecret": "a"}, "session": {"existingSettingsSecret": "b"}}
DSN = "https://key@sentry.example.com/1"
NARROW: Object = {"apiServer": {"cidrs": ["10.96.0.1/32"]}}


def egress(objects: list[Object], component: str) -> list[Any]:
    rules: list[Any] = named(objects, "NetworkPolicy", f"recado-{component}")["spec"]["egress"]
    return rules


def policies(objects: list[Object]) -> set[str]:
    return {one["metadata"]["name"] for one in of_kind(objects, "NetworkPolicy")}


@pytest.mark.parametrize("enabled", [True, False])
def test_further_rules_are_for_sessions_too(*, enabled: bool) -> None:
    redis = {"mode": "external", "external": {"existingSecret": "redis"}}
    network = {"enabled": enabled, "extraEgress": [REDIS_6380]}
    objects = render({**GIVEN, "redis": redis, "networkPolicy": network})
    assert REDIS_6380 in egress(objects, "session")
    assert policies(objects) >= {"recado-worker-default"} if enabled else policies(objects) == {"recado-session"}


@pytest.mark.parametrize("file", ["evaluation", "external"])
def test_sessions_reach_what_is_unusual_though_nothing_else_is_guarded(file: str) -> None:
    """The operator writes a policy for them in any case."""
    values = values_of(CHART / "ci" / f"{file}-values.yaml")
    guarded, unguarded = (render({**values, "networkPolicy": {"enabled": enabled}}) for enabled in (True, False))
    assert egress(guarded, "session") == egress(unguarded, "session")
    assert policies(unguarded) == {"recado-session"}
    assert ("8090" in str(egress(unguarded, "session"))) == (file == "evaluation")
    assert ("6432" in str(egress(unguarded, "session"))) == (file == "external")


def test_no_policy_is_made_for_sessions_without_need() -> None:
    assert "recado-session" not in policies(render(GIVEN))


@pytest.mark.parametrize("sentry", [{"sentryDsn": DSN}, {"sentrySecret": {"name": "sentry-given"}}], ids=str)
def test_who_reports_may_reach_the_internet(sentry: Object) -> None:
    objects = render({**GIVEN, "observability": sentry, "networkPolicy": NARROW})
    silent = render({**GIVEN, "networkPolicy": NARROW})
    for component in ("api", "realtime", "worker-default", "operator", "migrate", "frontend"):
        (pod,) = [
            one["spec"]["template"]["spec"]["containers"][0]
            for one in of_kind(objects, "Deployment", "Job")
            if one["metadata"]["labels"]["app.kubernetes.io/component"] == component
        ]
        reports = component in {"api", "realtime", "worker-default"}
        assert any(one["name"] == "SENTRY_DSN" for one in pod.get("env", [])) == reports, component
        assert _reaches_the_internet(egress(objects, component)) == reports, component
        assert not _reaches_the_internet(egress(silent, component)), component


@pytest.mark.parametrize("sentry", [{"sentryDsn": DSN}, {"sentrySecret": {"name": "sentry"}}], ids=str)
def test_sessions_report_too(tmp_path: Path, sentry: Object) -> None:
    objects = render({"observability": sentry}, with_cluster(tmp_path, {"sentry": {"dsn": DSN}}))
    assert named(objects, "Secret", "recado-session-settings")["stringData"]["SENTRY_DSN"] == DSN


def test_the_operator_guards_metrics_of_sessions_as_the_chart_guards_ours() -> None:
    objects = render(values_of(CHART / "ci" / "gateway-values.yaml"))
    operator = named(objects, "Deployment", "recado-operator")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "RECADO_MONITORING_NAMESPACE", "value": "monitoring"} in operator["env"]


def _reaches_the_internet(rules: list[Any]) -> bool:
    return any(
        peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
        for rule in rules
        for peer in rule.get("to", [])
        if {"protocol": "TCP", "port": 443} in rule["ports"]
    )
