"""Who may reach what outside: what values open is open for all that they name, sessions too, and for nobody else."""

from typing import Any

import pytest
from tests.unit.chart.charts import CHART, Object, named, of_kind, render, values_of

REDIS_6380: Object = {"ports": [{"protocol": "TCP", "port": 6380}]}
GIVEN: Object = {"secrets": {"existingSecret": "a"}, "session": {"existingSettingsSecret": "b"}}


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


def test_the_operator_guards_metrics_of_sessions_as_the_chart_guards_ours() -> None:
    objects = render(values_of(CHART / "ci" / "gateway-values.yaml"))
    operator = named(objects, "Deployment", "recado-operator")["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "RECADO_MONITORING_NAMESPACE", "value": "monitoring"} in operator["env"]
