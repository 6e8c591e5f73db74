"""What the builders make, kept as YAML beside this file. To accept a change: delete the file and run the tests once."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from recado_operator.build.account import build_account
from recado_operator.build.blueprint import Blueprint, Owner
from recado_operator.build.budget import build_budget
from recado_operator.build.hashing import marks_hash, resources_hash, template_hash
from recado_operator.build.names import session_name
from recado_operator.build.pod import build_pod
from recado_operator.build.policy import Egress, build_policy
from recado_operator.build.quota import build_quota
from recado_operator.build.secret import build_secret

GOLDEN = Path(__file__).parent / "golden"

OWNER = Owner(
    api_version="recado.dev/v1alpha1",
    kind="WhatsAppConnection",
    name="support",
    uid="01890000-0000-7000-8000-000000000001",
)
COMPANY = Owner(
    api_version="recado.dev/v1alpha1", kind="Company", name="acme", uid="01890000-0000-7000-8000-000000000002"
)
PLAIN = Blueprint(
    namespace="acme",
    owner=OWNER,
    company="acme",
    epoch=3,
    image="registry.example.com/recado-session:1.4.0",
    settings_secret="recado-session",
    resources={"requests": {"cpu": "25m", "memory": "128Mi"}, "limits": {"memory": "384Mi"}},
    unreachable_seconds=30,
)
FULL = replace(
    PLAIN,
    evictable=False,
    proxy_secret=("support-proxy", "url"),
    pull_secrets=("registry",),
    priority_class="recado-session",
    node_selector={"kubernetes.io/arch": "arm64"},
    tolerations=({"key": "dedicated", "operator": "Equal", "value": "recado", "effect": "NoSchedule"},),
    topology_spread=False,
    labels={"team": "care", "recado.dev/epoch": "99"},
    annotations={"example.com/cost": "42", "recado.dev/template-hash": "forged"},
)

MADE: dict[str, Any] = {
    "pod": build_pod(PLAIN),
    "pod-full": build_pod(FULL),
    "secret": build_secret(PLAIN, "wa_01890000000070008000000000000001", "password-of-epoch-3"),
    "account": build_account("acme"),
    "policy": build_policy("acme", "acme", COMPANY, Egress()),
    "policy-proxy-only": build_policy("acme", "acme", COMPANY, Egress(mode="ProxyOnly")),
    "policy-custom": build_policy("acme", "acme", COMPANY, Egress(mode="Custom", allowed=("203.0.113.0/24",))),
    "policy-monitored": build_policy("acme", "acme", COMPANY, Egress(), "monitoring"),
    "budget": build_budget("acme", "acme", COMPANY),
    "quota": build_quota("acme", "acme", COMPANY, 5),
}


@pytest.mark.parametrize("name", MADE)
def test_is_built_as_it_was(name: str) -> None:
    golden = GOLDEN / f"{name}.yaml"
    if not golden.exists():
        golden.write_text(yaml.safe_dump(MADE[name], sort_keys=False))
        pytest.fail(f"{golden.name} was written anew: look at it, then run the test again")
    assert yaml.safe_load(golden.read_text()) == MADE[name]


def test_an_upgrade_of_the_operator_makes_no_session_outdated() -> None:
    """These hashes stand on pods of installations out there: a change here restarts every session of the world."""
    assert template_hash(PLAIN) == "7c095436ce5ba104"
    assert template_hash(FULL) == "8ca2b31f5b31e06a"
    assert resources_hash(PLAIN) == "a24b126a9a00bab9"
    assert marks_hash(FULL) == "5e982b5748edd660"


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, epoch=4),
        replace(PLAIN, labels={"team": "care"}, annotations={"a": "b"}),
        replace(PLAIN, unreachable_seconds=60, evictable=False, topology_spread=False, pull_secrets=("registry",)),
        replace(PLAIN, image="registry.example.com/recado-session:1.4.1", resources={}),
    ],
    ids=["epoch", "marks", "ways of leaving", "what is changed in place"],
)
def test_what_needs_no_other_pod_is_not_in_the_hash(other: Blueprint) -> None:
    assert template_hash(other) == template_hash(PLAIN)


@pytest.mark.parametrize(
    "other",
    [
        replace(PLAIN, proxy_secret=("support-proxy", "url")),
        replace(PLAIN, settings_secret="other"),
        replace(PLAIN, node_selector={"a": "b"}),
        replace(PLAIN, tolerations=({"key": "a", "operator": "Exists"},)),
        replace(PLAIN, priority_class="high"),
    ],
    ids=["proxy", "settings", "nodes", "tolerations", "priority"],
)
def test_what_only_another_pod_can_have_is_in_the_hash(other: Blueprint) -> None:
    assert template_hash(other) != template_hash(PLAIN)


def test_marks_of_tenants_do_not_overrule_ours() -> None:
    metadata = MADE["pod-full"]["metadata"]
    assert metadata["labels"]["recado.dev/epoch"] == "3"
    assert metadata["annotations"]["recado.dev/template-hash"] == template_hash(FULL)


def test_the_longest_names_are_names_of_pods() -> None:
    assert len(session_name("c" * 45, 10**12)) <= 63


def test_no_password_stands_outside_of_the_secret() -> None:
    assert "password" not in yaml.safe_dump(MADE["pod-full"]).replace("wa-support-e3", "")
