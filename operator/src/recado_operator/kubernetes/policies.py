"""What keeps a company apart: its network policy, the account of its sessions, the budget that guards some of them,
and the quota of its own namespace.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from recado_core.resources.company import Company
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.kinds import NETWORK_POLICIES, POD_DISRUPTION_BUDGETS, RESOURCE_QUOTAS, SERVICE_ACCOUNTS, Kind
from recado_operator.build.account import build_account
from recado_operator.build.budget import build_budget
from recado_operator.build.draw import owner_of
from recado_operator.build.policy import Egress, build_policy
from recado_operator.build.quota import build_quota


class KubernetesPolicies:
    exist = True

    def __init__(self, client: KubernetesClient) -> None:
        self._client = client
        self._begun: dict[UUID | None, dict[str, dict[str, Any]]] = {}

    async def isolate(self, company: Company) -> None:
        """After a failure it goes on where it stopped: all of them at once may never succeed on a bad day."""
        written = self._begun.setdefault(company.metadata.uid, {})
        for kind, manifest in _manifests(company):
            if written.get(kind.plural) != manifest:
                await self._client.apply(kind, company.metadata.namespace, manifest)
                written[kind.plural] = manifest
        del self._begun[company.metadata.uid]


def _manifests(company: Company) -> Iterator[tuple[Kind, dict[str, Any]]]:
    metadata, spec, owner = company.metadata, company.spec, owner_of(company)
    place = (metadata.namespace, metadata.name, owner)
    egress = Egress(mode=spec.network.egress, allowed=tuple(spec.network.allowed_cidrs or ()))
    yield SERVICE_ACCOUNTS, build_account(metadata.namespace)
    yield NETWORK_POLICIES, build_policy(*place, egress)
    yield POD_DISRUPTION_BUDGETS, build_budget(*place)
    if spec.isolation == "Namespace":
        yield RESOURCE_QUOTAS, build_quota(*place, spec.quotas.connections)
