"""The CEL rules of the definitions: what passes, what is refused, and with which words."""

from typing import Any

import pytest
from tests.unit.core.resources.definitions import KINDS, schema, with_defaults
from tests.unit.core.resources.rules import broken

CONNECTION: dict[str, Any] = {"companyRef": {"name": "acme"}}
COMPANY: dict[str, Any] = {"displayName": "Acme"}
PLURALS = {"companies": COMPANY, "whatsappconnections": CONNECTION}


def refusals(plural: str, spec: dict[str, Any], old: dict[str, Any] | None = None, name: str = "support") -> list[str]:
    part = schema(plural)
    resource = with_defaults({"metadata": {"name": name}, "spec": PLURALS[plural] | spec}, part)
    before = (
        with_defaults({"metadata": {"name": name}, "spec": PLURALS[plural] | old}, part) if old is not None else None
    )
    return broken(resource, part, before)


@pytest.mark.parametrize("plural", KINDS)
def test_the_smallest_resource_is_accepted(plural: str) -> None:
    assert refusals(plural, {}) == []
    assert refusals(plural, {}, {}) == []


@pytest.mark.parametrize("plural", KINDS)
def test_every_default_obeys_the_rules_by_itself(plural: str) -> None:
    """An API server refuses the whole definition otherwise."""

    def check(part: dict[str, Any]) -> None:
        if "default" in part:
            assert with_defaults(part["default"], part) == part["default"], "write nested defaults out"
            assert broken(part["default"], part) == []
        for child in part.get("properties", {}).values():
            check(child)

    check(schema(plural))


@pytest.mark.parametrize(
    ("plural", "spec", "words"),
    [
        ("whatsappconnections", {"pairing": {"method": "PairingCode"}}, "set phoneNumber"),
        ("whatsappconnections", {"updatePolicy": {"channel": "Pinned"}}, "version must be set"),
        ("whatsappconnections", {"updatePolicy": {"channel": "Stable", "version": "1"}}, "version must be set"),
        (
            "whatsappconnections",
            {"resources": {"requests": {"memory": "512Mi"}, "limits": {"memory": "256Mi"}}},
            "raise the limit",
        ),
        ("whatsappconnections", {"resources": {"requests": {"memory": "63Mi"}}}, "64Mi to 4Gi"),
        ("whatsappconnections", {"resources": {"limits": {"memory": "5Gi"}}}, "64Mi to 4Gi"),
        ("whatsappconnections", {"resources": {"requests": {"cpu": "4.5"}}}, "at most 4"),
        ("whatsappconnections", {"scheduling": {"priorityClassName": "system-node-critical"}}, "system priorities"),
        (
            "whatsappconnections",
            {"scheduling": {"tolerations": [{"key": "node.kubernetes.io/unreachable"}]}},
            "failover.unreachableSeconds",
        ),
        (
            "whatsappconnections",
            {"scheduling": {"tolerations": [{"key": "gpu", "operator": "Exists", "value": "yes"}]}},
            "operator Equal only",
        ),
        ("whatsappconnections", {"scheduling": {"nodeSelector": {"k" * 318: "v"}}}, "317"),
        ("whatsappconnections", {"podMetadata": {"labels": {"recado.dev/epoch": "1"}}}, "key of your own"),
        (
            "whatsappconnections",
            {"podMetadata": {"annotations": {"container.apparmor.security.beta.kubernetes.io/x": "unconfined"}}},
            "key of your own",
        ),
        ("companies", {"network": {"egress": "Internet", "allowedCIDRs": ["10.0.0.0/8"]}}, "egress to Custom"),
        ("companies", {"network": {"egress": "Custom", "allowedCIDRs": ["10.0.0.0/64"]}}, "203.0.113.0/24"),
        ("companies", {"sessionDefaults": {"updatePolicy": {"channel": "Pinned"}}}, "version must be set"),
    ],
)
def test_what_contradicts_itself_is_refused_in_words(plural: str, spec: dict[str, Any], words: str) -> None:
    (refusal,) = refusals(plural, spec)
    assert words in refusal


@pytest.mark.parametrize(
    ("plural", "old", "new", "words"),
    [
        ("whatsappconnections", {}, {"companyRef": {"name": "other"}}, "companyRef cannot change"),
        ("whatsappconnections", {"phoneNumber": "+5511999990000"}, {}, "phoneNumber cannot change"),
        (
            "whatsappconnections",
            {"phoneNumber": "+5511999990000"},
            {"phoneNumber": "+5511999990001"},
            "phoneNumber cannot change",
        ),
        ("companies", {"companyID": 4}, {}, "companyID cannot change"),
        ("companies", {"companyID": 4}, {"companyID": 5}, "companyID cannot change"),
        ("companies", {}, {"isolation": "Namespace"}, "isolation cannot change"),
    ],
)
def test_what_a_resource_is_cannot_change(plural: str, old: dict[str, Any], new: dict[str, Any], words: str) -> None:
    (refusal,) = refusals(plural, new, old)
    assert words in refusal


@pytest.mark.parametrize(
    ("plural", "old", "new"),
    [
        ("whatsappconnections", {}, {"phoneNumber": "+5511999990000"}),
        ("whatsappconnections", {"phoneNumber": "+5511999990000"}, {"phoneNumber": "+5511999990000", "suspend": True}),
        ("whatsappconnections", {}, {"phoneNumber": "+5511999990000", "pairing": {"method": "PairingCode"}}),
        ("companies", {}, {"companyID": 4}),
        (
            "companies",
            {},
            {"initialAdmin": {"email": "ana@example.com", "passwordSecretRef": {"name": "ana", "key": "password"}}},
        ),
        ("companies", {"quotas": {"connections": 9}}, {"quotas": {"connections": 1}}),
    ],
)
def test_the_rest_may_change(plural: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert refusals(plural, new, old) == []


@pytest.mark.parametrize(("plural", "longest"), [("companies", 40), ("whatsappconnections", 45)])
def test_names_that_pods_are_named_after_stay_short(plural: str, longest: int) -> None:
    assert refusals(plural, {}, name="a" * longest) == []
    assert len(refusals(plural, {}, name="a" * (longest + 1))) == 1
    assert len(refusals(plural, {}, name="a.b")) == 1
