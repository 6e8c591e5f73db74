"""The folder of manifests, as an editor, the API and the operator use it: two `FolderResources` are two processes."""

import asyncio
import time
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from recado_core.resources.company import Company, CompanySpec, CompanyStatus
from recado_core.resources.connection import (
    CompanyReference,
    SessionStatus,
    WhatsAppConnection,
    WhatsAppConnectionSpec,
    WhatsAppConnectionStatus,
)
from recado_core.resources.metadata import CompanyMetadata, ConnectionMetadata
from recado_local.resources.folder import POLL_SECONDS, FolderResources
from recado_local.resources.manifests import ManifestError

BY_HAND = """\
apiVersion: recado.dev/v1alpha1
kind: WhatsAppConnection
metadata:
  name: support
spec:
  companyRef: {name: acme}
  displayName: Support
"""
SALES = WhatsAppConnection(
    metadata=ConnectionMetadata(name="sales"),
    spec=WhatsAppConnectionSpec(company_ref=CompanyReference(name="acme"), display_name="Sales"),
)
ACME = Company(metadata=CompanyMetadata(name="acme"), spec=CompanySpec(display_name="Acme", company_id=1))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "resources"


@pytest.fixture
def resources(folder: Path) -> FolderResources:
    return FolderResources(folder)


def write(folder: Path, text: str = BY_HAND, name: str = "support") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text)
    return path


async def test_a_manifest_dropped_into_the_folder_gets_a_uid_once(resources: FolderResources, folder: Path) -> None:
    path = write(folder)
    (first,) = await resources.list(WhatsAppConnection)
    (again,) = await FolderResources(folder).list(WhatsAppConnection)
    assert first.metadata.uid == again.metadata.uid is not None
    assert path.read_text().count("uid:") == 1


async def test_two_processes_agree_on_the_uid(folder: Path) -> None:
    write_soon = [FolderResources(folder) for _ in range(6)]
    write(folder)
    seen = await asyncio.gather(*(resources.list(WhatsAppConnection) for resources in write_soon))
    assert len({resource.metadata.uid for found in seen for resource in found}) == 1


async def test_what_the_api_applies_the_operator_sees(resources: FolderResources, folder: Path) -> None:
    applied = await resources.apply(SALES)
    assert applied.metadata.uid is not None
    assert await FolderResources(folder).list(WhatsAppConnection) == [applied]


async def test_applying_again_changes_the_same_connection(resources: FolderResources) -> None:
    first = await resources.apply(SALES)
    paused = replace(SALES, spec=replace(SALES.spec, suspend=True))
    assert (await resources.apply(paused)).metadata.uid == first.metadata.uid
    (found,) = await resources.list(WhatsAppConnection)
    assert found.spec.suspend


async def test_applying_may_not_move_a_connection_to_another_company(resources: FolderResources) -> None:
    await resources.apply(SALES)
    with pytest.raises(ManifestError, match=r"spec\.companyRef cannot change"):
        await resources.apply(replace(SALES, spec=replace(SALES.spec, company_ref=CompanyReference(name="other"))))


async def test_an_invalid_edit_is_refused_and_the_last_valid_text_stays_in_force(
    resources: FolderResources, folder: Path
) -> None:
    path = write(folder)
    write(folder, BY_HAND.replace("support", "other"), "other")
    before = await resources.list(WhatsAppConnection)
    good = path.read_text()
    path.write_text(good.replace("displayName", "dispalyName"))
    assert await resources.list(WhatsAppConnection) == before
    assert "dispalyName" in resources.refusals()["support"]
    path.write_text(good)
    await resources.list(WhatsAppConnection)
    assert resources.refusals() == {}


async def test_a_manifest_that_was_never_valid_holds_up_nobody(resources: FolderResources, folder: Path) -> None:
    write(folder, "kind: Nonsense", "broken")
    write(folder)
    assert [resource.metadata.name for resource in await resources.list(WhatsAppConnection)] == ["support"]
    assert "broken" in resources.refusals()


async def test_a_uid_lost_by_hand_is_put_back(resources: FolderResources, folder: Path) -> None:
    write(folder)
    (first,) = await resources.list(WhatsAppConnection)
    write(folder, BY_HAND.replace("Support", "Help"))
    (second,) = await resources.list(WhatsAppConnection)
    assert (second.metadata.uid, second.spec.display_name) == (first.metadata.uid, "Help")


async def test_a_removed_manifest_departs_with_its_last_spec(resources: FolderResources, folder: Path) -> None:
    path = write(folder)
    (resource,) = await resources.list(WhatsAppConnection)
    path.unlink()
    assert await resources.list(WhatsAppConnection) == []
    uid = resource.metadata.uid
    assert uid is not None
    assert FolderResources(folder).departed() == {uid: resource}
    resources.bury(uid)
    assert resources.departed() == {}


async def test_deleting_may_be_repeated_and_leaves_no_status(resources: FolderResources, folder: Path) -> None:
    applied = await resources.apply(SALES)
    await resources.write_status(replace(applied, status=WhatsAppConnectionStatus(phone="+55•••••0000")))
    await resources.delete(SALES)
    await resources.delete(SALES)
    assert await resources.list(WhatsAppConnection) == []
    assert list((folder / ".status").iterdir()) == []


async def test_a_new_connection_of_an_old_name_is_another_one(resources: FolderResources) -> None:
    old = await resources.apply(SALES)
    await resources.delete(SALES)
    new = await resources.apply(SALES)
    assert new.metadata.uid != old.metadata.uid
    assert set(resources.departed()) == {old.metadata.uid}


async def test_the_status_comes_back_with_the_resource(resources: FolderResources, folder: Path) -> None:
    write(folder)
    (resource,) = await resources.list(WhatsAppConnection)
    status = WhatsAppConnectionStatus(session=SessionStatus(epoch=4))
    await resources.write_status(replace(resource, status=status))
    (found,) = await FolderResources(folder).list(WhatsAppConnection)
    assert found.status == status


async def test_a_change_is_noticed_soon_and_quiet_lasts_until_the_timeout(
    resources: FolderResources, folder: Path
) -> None:
    await resources.list(WhatsAppConnection)
    began = time.monotonic()
    await resources.changed(0.05)
    assert time.monotonic() - began >= 0.05
    asyncio.get_running_loop().call_later(0.05, write, folder)
    await asyncio.wait_for(resources.changed(30.0), POLL_SECONDS * 10)
    (found,) = await resources.list(WhatsAppConnection)
    assert isinstance(found.metadata.uid, UUID)


async def test_companies_and_connections_lie_side_by_side(resources: FolderResources, folder: Path) -> None:
    assert resources.free("acme")
    company, connection = await resources.apply(ACME), await resources.apply(SALES)
    assert not resources.free("acme")
    await resources.write_status(replace(company, status=CompanyStatus(company_id=1)))
    other = FolderResources(folder)
    assert [found.status.company_id for found in await other.list(Company)] == [1]
    assert await other.list(WhatsAppConnection) == [connection]


async def test_a_removed_company_leaves_nothing_to_clear_away(resources: FolderResources) -> None:
    await resources.apply(ACME)
    await resources.delete(ACME)
    assert (await resources.list(Company), resources.departed()) == ([], {})
