"""A company's policies on bad days: each look writes what is still missing, so that a few looks are enough."""

from typing import Any, cast

import msgspec
import pytest
from msgspec.structs import replace
from tests.unit.operator.worlds import COMPANY

from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import UnreachableError
from recado_kubernetes.kinds import SERVICE_ACCOUNTS, Kind
from recado_operator.kubernetes.guards import Guards
from recado_operator.kubernetes.policies import KubernetesPolicies

MONITORING = "monitoring"


class Shaky:
    """An API server that refuses each request that has an `x` in `answers`, and knows what it took."""

    def __init__(self, answers: str = "") -> None:
        self._answers = iter(answers)
        self.taken: list[tuple[str, dict[str, Any]]] = []

    async def apply(self, kind: Kind, namespace: str, manifest: dict[str, Any]) -> bytes:
        if next(self._answers, "") == "x":
            raise UnreachableError("away")
        self.taken.append((kind.plural, manifest))
        metadata = {"namespace": namespace, "uid": "1", "resourceVersion": str(len(self.taken)), **manifest["metadata"]}
        return msgspec.json.encode({**manifest, "metadata": metadata})

    @property
    def plurals(self) -> list[str]:
        return [plural for plural, _ in self.taken]


def policies(server: Shaky) -> KubernetesPolicies:
    return KubernetesPolicies(cast("KubernetesClient", server), Guards(), MONITORING)


async def test_only_who_watches_reads_metrics() -> None:
    server = Shaky()
    await policies(server).isolate(COMPANY)
    (policy,) = [manifest for plural, manifest in server.taken if plural == "networkpolicies"]
    (rule,) = policy["spec"]["ingress"]
    assert rule["from"] == [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": MONITORING}}}]


ALL = ["serviceaccounts", "networkpolicies", "poddisruptionbudgets"]


async def test_what_was_written_before_a_failure_is_not_written_again() -> None:
    server = Shaky(".x.x")
    writer = policies(server)
    for _ in range(2):
        with pytest.raises(UnreachableError):
            await writer.isolate(COMPANY)
    await writer.isolate(COMPANY)
    assert server.plurals == ALL


async def test_what_stands_is_not_written_again() -> None:
    server = Shaky()
    writer = policies(server)
    await writer.isolate(COMPANY)
    await writer.isolate(COMPANY)
    assert server.plurals == ALL


async def test_what_changed_meanwhile_and_back_again_is_written_as_it_is_now() -> None:
    server = Shaky("..x.x")
    writer = policies(server)
    closed = replace(COMPANY, spec=replace(COMPANY.spec, network=replace(COMPANY.spec.network, egress="ProxyOnly")))
    for company in (COMPANY, closed):
        with pytest.raises(UnreachableError):
            await writer.isolate(company)
    await writer.isolate(COMPANY)
    written = [manifest for plural, manifest in server.taken if plural == "networkpolicies"]
    assert len(written) == 3
    assert written[0] == written[2] != written[1]


async def test_what_was_taken_away_meanwhile_is_written_again() -> None:
    server, guards = Shaky(".x"), Guards()
    writer = KubernetesPolicies(cast("KubernetesClient", server), guards, MONITORING)
    with pytest.raises(UnreachableError):
        await writer.isolate(COMPANY)
    guards.missing(SERVICE_ACCOUNTS, COMPANY.metadata.namespace, (), version=9)
    await writer.isolate(COMPANY)
    assert server.plurals == ["serviceaccounts", *ALL]
