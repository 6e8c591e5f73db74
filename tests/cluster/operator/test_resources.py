"""What the browser declares, on a real API server: applied under a manager of its own, and never over others."""

from collections.abc import AsyncIterator

import pytest
from kubernetes.aio.client import Configuration
from msgspec.structs import replace
from tests.cluster.operator.office import COMPANY, Office

from recado_core.resources.company import Company
from recado_core.resources.connection import CompanyReference, WhatsAppConnection, WhatsAppConnectionSpec
from recado_core.resources.metadata import WEB_MANAGER, ConnectionMetadata
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import ConflictError, InvalidError
from recado_kubernetes.resources import KubernetesResources


@pytest.fixture
async def resources(office: Office) -> AsyncIterator[KubernetesResources]:
    admin = office.control.admin
    configuration = Configuration(host=admin.server, api_key={"BearerToken": f"Bearer {admin.token}"})
    configuration.ssl_ca_cert = str(admin.authority)
    async with KubernetesClient(configuration, WEB_MANAGER) as client:

        async def connect() -> KubernetesClient:
            return client

        yield KubernetesResources(connect, [office.namespace])


def wanted(office: Office, name: str = "support") -> WhatsAppConnection:
    return WhatsAppConnection(
        metadata=ConnectionMetadata(name=name, namespace=office.namespace, labels={"app": "recado"}),
        spec=WhatsAppConnectionSpec(company_ref=CompanyReference(name=COMPANY), deletion_policy="Logout"),
    )


async def test_what_is_applied_is_listed_changed_and_deleted(office: Office, resources: KubernetesResources) -> None:
    office.declare_company()
    applied = await resources.apply(wanted(office))
    assert applied.metadata.uid is not None
    assert [company.metadata.name for company in await resources.list(Company)] == [COMPANY]
    (found,) = await resources.list(WhatsAppConnection)
    changed = await resources.apply(replace(found, spec=replace(found.spec, suspend=True)))
    assert (changed.spec.suspend, changed.metadata.uid) == (True, applied.metadata.uid)
    await resources.delete(changed)
    await resources.delete(changed)
    assert await resources.list(WhatsAppConnection) == []


async def test_what_somebody_else_manages_is_not_changed_and_they_are_named(
    office: Office, resources: KubernetesResources
) -> None:
    declared = {"companyRef": {"name": COMPANY}, "suspend": False}
    place = office.resources("whatsappconnections", "support")
    manifest = {
        "apiVersion": "recado.dev/v1alpha1",
        "kind": "WhatsAppConnection",
        "metadata": {"name": "support"},
        "spec": declared,
    }
    office.client.apply(place, manifest, manager="argocd-controller")
    (found,) = await resources.list(WhatsAppConnection)
    assert found.metadata.manager == "argocd-controller"
    with pytest.raises(ConflictError, match="argocd-controller"):
        await resources.apply(replace(found, spec=replace(found.spec, suspend=True)))
    assert office.client.get(place)["spec"]["suspend"] is False


async def test_another_one_of_the_same_name_is_not_deleted(office: Office, resources: KubernetesResources) -> None:
    old = await resources.apply(wanted(office))
    await resources.delete(old)
    new = await resources.apply(wanted(office))
    await resources.delete(old)
    assert [found.metadata.uid for found in await resources.list(WhatsAppConnection)] == [new.metadata.uid]


async def test_what_breaks_a_rule_is_refused_with_the_field(office: Office, resources: KubernetesResources) -> None:
    whole = wanted(office)
    broken = replace(whole, spec=replace(whole.spec, phone_number="12"))
    with pytest.raises(InvalidError, match="phoneNumber"):
        await resources.apply(broken)
