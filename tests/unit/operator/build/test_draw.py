"""From declarations to a blueprint: the connection's word, else the company's, else ours."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_core.resources.session_options import UpdatePolicy
from recado_operator.build.draw import Fleet, draw, update_policy

FLEET = Fleet(catalogue={"1.0": "image:1.0", "1.1": "image:1.1", "0.9": "image:0.9"}, stable="1.0", canary="1.1")
METADATA = {
    "name": "support",
    "namespace": "acme",
    "uid": str(UUID(int=1)),
    "creationTimestamp": datetime(2026, 11, 23, tzinfo=UTC),
}


def connection(**spec: Any) -> WhatsAppConnection:
    return msgspec.convert({"metadata": METADATA, "spec": {"companyRef": {"name": "acme"}, **spec}}, WhatsAppConnection)


def company(**defaults: Any) -> Company:
    spec = {"displayName": "Acme", "sessionDefaults": defaults}
    return msgspec.convert({"metadata": {"name": "acme"}, "spec": spec}, Company)


def test_without_a_word_recado_decides() -> None:
    blueprint = draw(connection(), None, 2, "image:1.0", FLEET)
    assert blueprint.resources == {"requests": {"cpu": "25m", "memory": "128Mi"}, "limits": {"memory": "384Mi"}}
    assert (blueprint.image, blueprint.epoch, blueprint.unreachable_seconds) == ("image:1.0", 2, 30)
    assert blueprint.topology_spread
    assert blueprint.evictable


def test_the_connection_overrules_its_company_field_by_field() -> None:
    made = draw(
        connection(
            resources={"requests": {"memory": "256Mi"}},
            scheduling={"nodeSelector": {"disk": "fast"}},
            eviction={"policy": "Never"},
        ),
        company(
            resources={"requests": {"cpu": "50m", "memory": "192Mi"}, "limits": {"memory": "512Mi"}},
            scheduling={"nodeSelector": {"disk": "slow"}, "topologySpread": False, "priorityClassName": "high"},
            eviction={"policy": "Allow"},
        ),
        1,
        "image:1.0",
        FLEET,
    )
    assert made.resources == {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "512Mi"}}
    assert made.node_selector == {"disk": "fast"}
    assert (made.topology_spread, made.priority_class, made.evictable) == (False, "high", False)


@pytest.mark.parametrize(
    ("policy", "version"),
    [
        (None, "1.0"),
        (UpdatePolicy(channel="Stable"), "1.0"),
        (UpdatePolicy(channel="Canary"), "1.1"),
        (UpdatePolicy(channel="Pinned", version="0.9"), "0.9"),
    ],
)
def test_a_channel_is_a_version(policy: UpdatePolicy | None, version: str) -> None:
    assert FLEET.version(policy) == version


def test_the_policy_of_the_company_counts_unless_the_connection_has_one() -> None:
    canary = company(updatePolicy={"channel": "Canary"})
    assert update_policy(connection(), canary) == UpdatePolicy(channel="Canary")
    assert update_policy(connection(updatePolicy={"channel": "Stable"}), canary) == UpdatePolicy(channel="Stable")
