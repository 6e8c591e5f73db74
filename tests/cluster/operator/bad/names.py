"""Names, and what stands in a manifest beside the spec."""

from tests.cluster.operator.bad.cases import Case, Harmless, Refused, company

RFC = "a lowercase RFC 1123 subdomain must consist of"


def named(title: str, message: str, name: str) -> Case:
    return Case(title, Refused(message), name=name)


CASES = (
    named("a name with a dot", "remove the dots", "support.acme"),
    named("a name of 46 characters", "at most 45 characters", "x" * 46),
    named("a name of 254 characters", "must be no more than 253", "x" * 254),
    named("a name in capitals", RFC, "Support"),
    named("a name with an underscore", RFC, "sup_port"),
    named("a name that begins with a dash", RFC, "-support"),
    named("a name that ends with a dash", RFC, "support-"),
    named("a name that climbs", "", "../support"),
    named("a name with another alphabet", RFC, "поддержка"),
    named("no name", "name or generateName is required", ""),
    company("a company with a dot", Refused("remove the dots"), {}, name="acme.inc"),
    company("a company of 41 characters", Refused("at most 40 characters"), {}, name="x" * 41),
    Case("the name of a pod", Harmless(), name="wa-support-e1"),
    Case("the name of a Secret that is there", Harmless(), name="recado-session"),
    Case("a name that ends like an epoch", Harmless(), name="support-e7"),
    Case("the longest name", Harmless(), name="x" * 45),
    Case("a name of digits", Harmless(), name="0"),
    Case("another version", Refused("does not match the expected API version"), whole={"apiVersion": "recado.dev/v1"}),
    Case("another kind", Refused("does not match the expected"), whole={"kind": "Pod", "apiVersion": "v1"}),
    Case("a status of one's own", Harmless(), whole={"status": {"session": {"epoch": 99}}}),
    Case("labels of another company", Harmless(), metadata={"labels": {"recado.dev/company": "globex"}}),
    Case("a finalizer of ours", Harmless(), metadata={"finalizers": ["recado.dev/session"]}),
    Case(
        "annotations beyond all measure",
        Refused("Too long: may not be more than 262144 bytes"),
        metadata={"annotations": {"x": "x" * 262144}},
    ),
    Case("no spec", Refused("spec: Required value"), whole={"spec": None}),
    Case("a list in place of a spec", Refused("must be of type object"), whole={"spec": []}),
)
