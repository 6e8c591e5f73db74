"""Attempts at more than a session has: images, environments, nodes, priorities, other people's secrets."""

from typing import Any

from tests.cluster.operator.bad.cases import Case, Harmless, Refused, Unknown, company, not_accepted

CONTAINER = {"name": "evil", "image": "evil:1"}
HOST = {"name": "host", "hostPath": {"path": "/"}}
NOT_YOURS = "keys of kubernetes.io, k8s.io and recado.dev are not accepted"
REFUSED_POD = not_accepted("DeclarationRefused")


def unknown(field: str, value: Any) -> Case:
    *path, last = field.split(".")
    spec: dict[str, Any] = {last: value}
    for part in reversed(path):
        spec = {part: spec}
    return Case(f"there is no {field}", Unknown(f"spec.{field}"), spec)


def marked(title: str, where: str, fate: Refused | Harmless | Any, **marks: str) -> Case:
    return Case(title, fate, {"podMetadata": {where: marks}})


def tolerating(title: str, message: str, **said: Any) -> Case:
    return Case(title, Refused(message), {"scheduling": {"tolerations": [said]}})


CASES = (
    unknown("image", "evil:1"),
    unknown("command", ["sh"]),
    unknown("env", [{"name": "LD_PRELOAD", "value": "/evil.so"}]),
    unknown("podTemplate", {"spec": {"containers": [CONTAINER]}}),
    unknown("template", {"spec": {"hostNetwork": True}}),
    unknown("initContainers", [CONTAINER]),
    unknown("volumes", [HOST]),
    unknown("serviceAccountName", "recado-operator"),
    unknown("securityContext", {"privileged": True}),
    unknown("hostNetwork", "true"),
    unknown("runtimeClassName", "unconfined"),
    unknown("scheduling.nodeName", "control-plane"),
    unknown("scheduling.affinity", {"nodeAffinity": {}}),
    unknown("scheduling.schedulerName", "mine"),
    unknown("resources.limits.cpu", "64"),
    unknown("resources.requests.gpu", "1"),
    unknown("companyRef.namespace", "globex"),
    unknown("podMetadata.ownerReferences", []),
    unknown("podMetadata.finalizers", ["evil/forever"]),
    Case(
        "an image in place of a version",
        Refused("spec.updatePolicy.version in body should match"),
        {"updatePolicy": {"channel": "Pinned", "version": "evil.example.com/session:1"}},
    ),
    Case(
        "a version that climbs",
        Refused("spec.updatePolicy.version in body should match"),
        {"updatePolicy": {"channel": "Pinned", "version": "../1.0"}},
    ),
    Case(
        "a version without being pinned",
        Refused("if, and only if"),
        {"updatePolicy": {"channel": "Stable", "version": "1.0"}},
    ),
    Case("pinned to nothing", Refused("if, and only if"), {"updatePolicy": {"channel": "Pinned"}}),
    Case("a channel of one's own", Refused("Unsupported value"), {"updatePolicy": {"channel": "Nightly"}}),
    Case(
        "a version that is not in the catalogue",
        not_accepted("VersionNotInCatalogue"),
        {"updatePolicy": {"channel": "Pinned", "version": "9.9"}},
    ),
    Case(
        "the priority of the system",
        Refused("system priorities"),
        {"scheduling": {"priorityClassName": "system-node-critical"}},
    ),
    Case("a priority that is not there", REFUSED_POD, {"scheduling": {"priorityClassName": "gold"}}),
    tolerating("tolerating everything", "Required value", operator="Exists"),
    tolerating("tolerating lost nodes", "failover.unreachableSeconds", key="node.kubernetes.io/unreachable"),
    tolerating("a value that is not compared", "value goes with operator Equal", key="a", operator="Exists", value="b"),
    tolerating("an effect of one's own", "Unsupported value", key="a", effect="Evict"),
    tolerating("negative patience", "greater than or equal to 0", key="a", effect="NoExecute", tolerationSeconds=-1),
    Case(
        "17 tolerations",
        Refused("must have at most 16 items"),
        {"scheduling": {"tolerations": [{"key": f"k{number}"} for number in range(17)]}},
    ),
    Case(
        "patience with an effect that has none",
        REFUSED_POD,
        {"scheduling": {"tolerations": [{"key": "a", "effect": "NoSchedule", "tolerationSeconds": 5}]}},
    ),
    Case("a taint that cannot be", REFUSED_POD, {"scheduling": {"tolerations": [{"key": "not a key!"}]}}),
    Case("a node's label that cannot be", REFUSED_POD, {"scheduling": {"nodeSelector": {"not a key!": "x"}}}),
    Case(
        "17 labels of nodes", Refused("at most 16"), {"scheduling": {"nodeSelector": {f"k{n}": "" for n in range(17)}}}
    ),
    Case(
        "a node's label that is too long", Refused("317 characters"), {"scheduling": {"nodeSelector": {"k" * 318: ""}}}
    ),
    Case(
        "the label of control planes",
        Harmless(),
        {"scheduling": {"nodeSelector": {"node-role.kubernetes.io/control-plane": ""}}},
    ),
    marked("a label of another company", "labels", Refused(NOT_YOURS), **{"recado.dev/company": "globex"}),
    marked("a label of another part", "labels", Refused(NOT_YOURS), **{"app.kubernetes.io/part-of": "x"}),
    marked(
        "no sandbox",
        "annotations",
        Refused(NOT_YOURS),
        **{"container.apparmor.security.beta.kubernetes.io/session": "unconfined"},
    ),
    marked(
        "never evicted",
        "annotations",
        Refused(NOT_YOURS),
        **{"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"},
    ),
    marked("a template hash of one's own", "annotations", Refused(NOT_YOURS), **{"recado.dev/template-hash": "x"}),
    marked("a label in capitals", "labels", REFUSED_POD, **{"Recado.Dev/company": "globex"}),
    marked("a label that cannot be", "labels", REFUSED_POD, **{"not a key!": "x"}),
    marked("a label's value that cannot be", "labels", REFUSED_POD, team="not a value!"),
    marked("33 labels", "labels", Refused("at most 32"), **{f"k{number}": "" for number in range(33)}),
    marked("a label's value that is too long", "labels", Refused("Too long"), team="x" * 64),
    marked("an annotation that is too long", "annotations", Refused("Too long"), note="x" * 1025),
    Case(
        "a proxy's Secret elsewhere",
        Refused("proxy.secretRef.name in body should match"),
        {"proxy": {"secretRef": {"name": "globex/proxy", "key": "url"}}},
    ),
    Case(
        "a proxy's key that climbs",
        Refused("proxy.secretRef.key in body should match"),
        {"proxy": {"secretRef": {"name": "proxy", "key": "../url"}}},
    ),
    Case("a proxy's key that is a folder", REFUSED_POD, {"proxy": {"secretRef": {"name": "proxy", "key": ".."}}}),
    company(
        "an admin's password elsewhere",
        Refused("initialAdmin.passwordSecretRef.name"),
        {"initialAdmin": {"email": "a@b", "passwordSecretRef": {"name": "../x", "key": "p"}}},
    ),
)
