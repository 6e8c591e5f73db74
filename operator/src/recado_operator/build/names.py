"""How what we make for a connection is called. The epoch is part of the name, so that the API server itself refuses a
second pod of one epoch.
"""

PART_OF = "app.kubernetes.io/part-of"
COMPONENT = "app.kubernetes.io/component"
CONNECTION = "recado.dev/connection"
COMPANY = "recado.dev/company"
EPOCH = "recado.dev/epoch"
TEMPLATE_HASH = "recado.dev/template-hash"
RESOURCES_HASH = "recado.dev/resources-hash"
MARKS_HASH = "recado.dev/marks-hash"
"""What the pod was made from, by what a difference costs: another pod, a new size, a new label."""
ADOPTABLE = "recado.dev/adoptable"
GUARDED = "recado.dev/guarded"
"""The company's budget selects it: nobody may evict this pod."""
PROXY = "recado.dev/proxy"
"""Whoever runs a proxy puts it on its pods, with `true`: sessions may reach them."""
SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"

PAUSE = "recado.dev/pause"
"""On the ConfigMap of the roll-out: nothing goes on while it is `true`."""
ROLLOUT = "recado-rollout"

OURS = f"{PART_OF}=recado"
SESSION_SELECTOR = f"{OURS},{CONNECTION}"

SESSION_ACCOUNT = "recado-session"


def session_name(connection: str, epoch: int) -> str:
    """Of the pod and of the Secret of one epoch."""
    return f"wa-{connection}-e{epoch}"


def company_object(company: str) -> str:
    """Of the policy and the quota of a company."""
    return f"recado-company-{company}"


def session_labels(connection: str, company: str, epoch: int) -> dict[str, str]:
    return {
        PART_OF: "recado",
        COMPONENT: "session",
        CONNECTION: connection,
        COMPANY: company,
        EPOCH: str(epoch),
    }
