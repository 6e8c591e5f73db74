"""Each alert, computed by Prometheus' own engine: it fires when it should, and neither sooner nor for somebody else."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from tests.cluster.programs import ROOT, program

RULES = [
    rule
    for group in yaml.safe_load((ROOT / "charts" / "recado" / "files" / "alerts.yaml").read_text())["groups"]
    for rule in group["rules"]
]
CASES = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text())
EACH = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
OF_SOMETHING = [rule for rule in RULES if rule["alert"] != "RecadoNoLeader"]
"""That nobody leads here is told by what is not there."""
STEP_SECONDS, END_SECONDS = 30, 2400


def fires(rule: dict[str, str], series: Sequence[str]) -> bool:
    """At the end of the series, when it has been true for as long as it asks."""
    true = f"count({rule['expr'].replace('NAMESPACE', 'desk').replace('WATCHED', 'acme|zoo')})"
    if looks := int(rule["for"].removesuffix("m")) * 60 // STEP_SECONDS:
        true = f"count_over_time(({true})[{rule['for']}:{STEP_SECONDS}s]) >= {looks}"
    load = "\n  ".join([f"load {STEP_SECONDS}s", *series])
    command = [program("rules", "promql"), str(END_SECONDS), true]
    ran = subprocess.run(command, input=load, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - ours
    assert ran.returncode == 0, ran.stderr
    return ran.stdout != ""


def test_each_alert_has_its_cases() -> None:
    assert [rule["alert"] for rule in RULES] == list(CASES)


@EACH
def test_it_fires(rule: dict[str, str]) -> None:
    assert fires(rule, CASES[rule["alert"]]["fires"])


@EACH
def test_it_is_silent(rule: dict[str, str]) -> None:
    assert not fires(rule, CASES[rule["alert"]]["silent"])


@pytest.mark.parametrize("rule", OF_SOMETHING, ids=lambda rule: rule["alert"])
def test_another_installation_is_not_meant(rule: dict[str, str]) -> None:
    elsewhere = [re.sub('namespace="[a-z]+"', 'namespace="elsewhere"', one) for one in CASES[rule["alert"]]["fires"]]
    assert not fires(rule, elsewhere)
