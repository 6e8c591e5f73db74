"""An operator does not begin where the API server would drop what it reads or writes."""

import copy
from typing import Any

import pytest
from tests.unit.core.resources.definitions import schema

from recado_core.errors import ConfigurationError
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import AbsentError, ForbiddenError, KubernetesError
from recado_operator.kubernetes.definitions import refuse_older_definitions, unknown_fields

SERVED: dict[str, Any] = {
    "dev.recado.v1alpha1.Company": schema("companies"),
    "dev.recado.v1alpha1.WhatsAppConnection": schema("whatsappconnections"),
}


def without(kind: str, *path: str) -> dict[str, Any]:
    served = copy.deepcopy(SERVED)
    parent = served[f"dev.recado.v1alpha1.{kind}"]
    *parents, last = path
    for name in parents:
        parent = parent["items"] if name == "[]" else parent["properties"][name]
    del parent["properties"][last]
    return served


def test_our_own_definitions_lack_nothing() -> None:
    assert list(unknown_fields(SERVED)) == []


def test_a_newer_definition_is_as_good() -> None:
    served = copy.deepcopy(SERVED)
    served["dev.recado.v1alpha1.Company"]["properties"]["spec"]["properties"]["later"] = {"type": "string"}
    assert list(unknown_fields(served)) == []


@pytest.mark.parametrize(
    ("kind", "path", "named"),
    [
        ("Company", ("spec", "initialAdmin"), "Company spec.initialAdmin"),
        ("Company", ("status", "usage", "agents"), "Company status.usage.agents"),
        ("WhatsAppConnection", ("status",), "WhatsAppConnection status.phone"),
        ("WhatsAppConnection", ("status", "reconnect"), "WhatsAppConnection status.reconnect"),
        (
            "WhatsAppConnection",
            ("status", "conditions", "[]", "reason"),
            "WhatsAppConnection status.conditions[].reason",
        ),
        (
            "WhatsAppConnection",
            ("spec", "scheduling", "tolerations", "[]", "effect"),
            "WhatsAppConnection spec.scheduling.tolerations[].effect",
        ),
    ],
)
def test_what_an_older_definition_lacks_is_named(kind: str, path: tuple[str, ...], named: str) -> None:
    assert named in list(unknown_fields(without(kind, *path)))


def test_a_kind_that_is_not_published_yet_is_not_judged() -> None:
    served = {"dev.recado.v1alpha1.Company": SERVED["dev.recado.v1alpha1.Company"]}
    assert list(unknown_fields(served)) == []


class Client(KubernetesClient):
    def __init__(self, answer: dict[str, Any] | KubernetesError) -> None:
        self._answer = answer

    async def schemas(self, api_version: str) -> dict[str, Any]:
        assert api_version == "recado.dev/v1alpha1"
        if isinstance(self._answer, KubernetesError):
            raise self._answer
        return self._answer


async def test_an_older_definition_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigurationError, match=r"lack Company spec\.network\. Upgrade them first"):
        await refuse_older_definitions(Client(without("Company", "spec", "network")))


@pytest.mark.parametrize("answer", [SERVED, AbsentError("no document"), ForbiddenError("not for you")])
async def test_whoever_cannot_compare_begins(answer: dict[str, Any] | KubernetesError) -> None:
    await refuse_older_definitions(Client(answer))
