"""What keeps a company apart: its network policy, the account of its sessions, the budget that guards some of them,
and the quota of its own namespace.
"""

from recado_core.resources.company import Company
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import NETWORK_POLICIES, POD_DISRUPTION_BUDGETS, RESOURCE_QUOTAS, SERVICE_ACCOUNTS
from recado_operator.build.account import build_account
from recado_operator.build.budget import build_budget
from recado_operator.build.draw import owner_of
from recado_operator.build.policy import Egress, build_policy
from recado_operator.build.quota import build_quota


class KubernetesPolicies:
    exist = True

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client

    async def isolate(self, company: Company) -> None:
        metadata, spec, owner = company.metadata, company.spec, owner_of(company)
        egress = Egress(mode=spec.network.egress, allowed=tuple(spec.network.allowed_cidrs or ()))
        await self._client.apply(SERVICE_ACCOUNTS, metadata.namespace, build_account(metadata.namespace))
        policy = build_policy(metadata.namespace, metadata.name, owner, egress)
        await self._client.apply(NETWORK_POLICIES, metadata.namespace, policy)
        budget = build_budget(metadata.namespace, metadata.name, owner)
        await self._client.apply(POD_DISRUPTION_BUDGETS, metadata.namespace, budget)
        if spec.isolation == "Namespace":
            quota = build_quota(metadata.namespace, metadata.name, owner, spec.quotas.connections)
            await self._client.apply(RESOURCE_QUOTAS, metadata.namespace, quota)
