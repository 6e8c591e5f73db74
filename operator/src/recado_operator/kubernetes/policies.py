"""What keeps a company apart: its network policy, the account of its sessions, the budget that guards some of them,
and the quota of its own namespace.
"""

from collections.abc import Iterator
from typing import Any

from recado_core.resources.company import Company
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import NETWORK_POLICIES, POD_DISRUPTION_BUDGETS, RESOURCE_QUOTAS, SERVICE_ACCOUNTS, Kind
from recado_operator.build.account import build_account
from recado_operator.build.budget import build_budget
from recado_operator.build.draw import owner_of
from recado_operator.build.policy import Egress, build_policy
from recado_operator.build.quota import build_quota
from recado_operator.kubernetes.guards import Guards


class KubernetesPolicies:
    exist = True

    def __init__(self, client: KubernetesClient, guards: Guards, monitoring_namespace: str) -> None:
        self._client = client
        self._guards = guards
        self._monitoring_namespace = monitoring_namespace

    def harmed(self, company: Company) -> bool:
        return company.metadata.uid is not None and self._guards.harmed(company.metadata.uid)

    async def isolate(self, company: Company) -> None:
        uid = company.metadata.uid
        if uid is None:
            raise AssertionError("What the API server knows has a uid")
        self._guards.mending(uid)
        for kind, manifest in _guards_of(company, self._monitoring_namespace):
            if not self._guards.stands(uid, kind, manifest):  # an attempt that failed half-way goes on where it was
                answer = await self._client.apply(kind, company.metadata.namespace, manifest)
                self._guards.wrote(uid, kind, manifest, answer)


def _guards_of(company: Company, monitoring_namespace: str) -> Iterator[tuple[Kind, dict[str, Any]]]:
    namespace, name = company.metadata.namespace, company.metadata.name
    spec, owner = company.spec, owner_of(company)
    egress = Egress(mode=spec.network.egress, allowed=tuple(spec.network.allowed_cidrs or ()))
    yield SERVICE_ACCOUNTS, build_account(namespace)
    yield NETWORK_POLICIES, build_policy(namespace, name, owner, egress, monitoring_namespace)
    yield POD_DISRUPTION_BUDGETS, build_budget(namespace, name, owner)
    if spec.isolation == "Namespace":
        yield RESOURCE_QUOTAS, build_quota(namespace, name, owner, spec.quotas.connections)
