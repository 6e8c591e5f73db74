"""Sizes, numbers and texts that are too large, too small or none."""

from typing import Any

from tests.cluster.operator.bad.cases import Case, Refused, company, not_accepted

CIDRS = [f"10.0.{number}.0/24" for number in range(65)]


def resources(title: str, message: str, **said: Any) -> Case:
    return Case(title, Refused(message), {"resources": said})


def network(title: str, message: str, **said: Any) -> Case:
    return company(title, Refused(message), {"network": said})


CASES = (
    Case("a display name of 121 characters", Refused("Too long"), {"displayName": "x" * 121}),
    Case("an empty display name", Refused("at least 1 chars long"), {"displayName": ""}),
    Case("a display name with a zero byte", not_accepted("DeclarationRefused"), {"displayName": "a\0b"}),
    company("a company with a zero byte", not_accepted("DeclarationRefused"), {"displayName": "a\0b"}),
    resources("a crumb of memory", "from 64Mi to 4Gi", requests={"memory": "1Ki"}),
    resources("a sea of memory", "from 64Mi to 4Gi", limits={"memory": "5Gi"}),
    resources("memory by exponent", "resources.requests.memory in body should match", requests={"memory": "1e9"}),
    resources("five cores", "resources.requests.cpu in body should match", requests={"cpu": "5"}),
    resources("more than four cores", "at most 4", requests={"cpu": "4001m"}),
    resources("less than no core", "resources.requests.cpu in body should match", requests={"cpu": "-1"}),
    resources(
        "a limit below the request",
        "limits.memory must be at least requests.memory",
        requests={"memory": "256Mi"},
        limits={"memory": "128Mi"},
    ),
    Case("no patience with nodes", Refused("greater than or equal to 10"), {"failover": {"unreachableSeconds": 9}}),
    Case(
        "endless patience with nodes", Refused("less than or equal to 3600"), {"failover": {"unreachableSeconds": 3601}}
    ),
    Case("a failover of one's own", Refused("Unsupported value"), {"failover": {"policy": "TwoSessions"}}),
    Case("an eviction of one's own", Refused("Unsupported value"), {"eviction": {"policy": "Sometimes"}}),
    Case("a deletion of one's own", Refused("Unsupported value"), {"deletionPolicy": "Keep"}),
    Case("suspended in words", Refused("must be of type boolean"), {"suspend": "yes"}),
    Case("no company", Refused("spec.companyRef: Required value"), {"companyRef": None}),
    Case(
        "a company's name with a slash",
        Refused("companyRef.name in body should match"),
        {"companyRef": {"name": "globex/acme"}},
    ),
    Case("a company's name that is too long", Refused("Too long"), {"companyRef": {"name": "x" * 41}}),
    company("no display name", Refused("spec.displayName: Required value"), {"displayName": None}),
    company("less than no connection", Refused("greater than or equal to 0"), {"quotas": {"connections": -1}}),
    company("10,001 connections", Refused("less than or equal to 10000"), {"quotas": {"connections": 10001}}),
    company("half a person", Refused("must be of type integer"), {"quotas": {"agents": 0.5}}),
    company("a plan in capitals", Refused("spec.plan in body should match"), {"plan": "Gold"}),
    company("a plan that is not there", not_accepted("UnknownPlan"), {"plan": "gold"}),
    company("a language that is none", Refused("spec.locale in body should match"), {"locale": "português"}),
    company("a time zone that climbs", Refused("spec.timezone in body should match"), {"timezone": "../../etc/passwd"}),
    company("a number that is too large", Refused("spec.companyID"), {"companyID": 2**63}),
    company("number 0", Refused("greater than or equal to 1"), {"companyID": 0}),
    network("networks without egress Custom", "egress Custom only", allowedCIDRs=["10.0.0.0/8"]),
    network("65 networks", "must have at most 64 items", egress="Custom", allowedCIDRs=CIDRS),
    network("the same network twice", "Duplicate value", egress="Custom", allowedCIDRs=CIDRS[:1] * 2),
    network("a network that is none", "not a network", egress="Custom", allowedCIDRs=["999.0.0.1/8"]),
    network("an egress of one's own", "Unsupported value", egress="Everywhere"),
    company(
        "an admin without an address",
        Refused("initialAdmin.email in body should match"),
        {"initialAdmin": {"email": "ana", "passwordSecretRef": {"name": "x", "key": "p"}}},
    ),
)
