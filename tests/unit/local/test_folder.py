"""The folder of manifests, as an editor, the API and the operator use it: two `FolderResources` are two processes."""

import asyncio
import time
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace

from recado_core.resources import (
    ResourceMetadata,
    WhatsAppConnection,
    WhatsAppConnectionSpec,
    WhatsAppConnectionStatus,
)
from recado_local.resources.folder import POLL_SECONDS, FolderResources
from recado_local.resources.manifests import ManifestError

BY_HAND = """\
apiVersion: recado.dev/v1alpha1
kind: WhatsAppConnection
metadata:
  name: support
spec:
  company: 1
  displayName: Support
"""
SALES = WhatsAppConnection(
    metadata=ResourceMetadata(name="sales"), spec=WhatsAppConnectionSpec(company=1, display_name="Sales")
)


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
    (first,) = await resources.list()
    (again,) = await FolderResources(folder).list()
    assert first.metadata.uid == again.metadata.uid is not None
    assert path.read_text().count("uid:") == 1


async def test_two_processes_agree_on_the_uid(folder: Path) -> None:
    write_soon = [FolderResources(folder) for _ in range(6)]
    write(folder)
    seen = await asyncio.gather(*(resources.list() for resources in write_soon))
    assert len({resource.metadata.uid for found in seen for resource in found}) == 1


async def test_what_the_api_applies_the_operator_sees(resources: FolderResources, folder: Path) -> None:
    applied = await resources.apply(SALES)
    assert applied.metadata.uid is not None
    assert await FolderResources(folder).list() == [applied]


async def test_applying_again_changes_the_same_connection(resources: FolderResources) -> None:
    first = await resources.apply(SALES)
    paused = replace(SALES, spec=replace(SALES.spec, paused=True))
    assert (await resources.apply(paused)).metadata.uid == first.metadata.uid
    (found,) = await resources.list()
    assert found.spec.paused


async def test_applying_may_not_move_a_connection_to_another_company(resources: FolderResources) -> None:
    await resources.apply(SALES)
    with pytest.raises(ManifestError, match=r"spec\.company cannot change"):
        await resources.apply(replace(SALES, spec=replace(SALES.spec, company=2)))


async def test_an_invalid_edit_is_refused_and_the_last_valid_text_stays_in_force(
    resources: FolderResources, folder: Path
) -> None:
    path = write(folder)
    write(folder, BY_HAND.replace("support", "other"), "other")
    before = await resources.list()
    good = path.read_text()
    path.write_text(good.replace("displayName", "dispalyName"))
    assert await resources.list() == before
    assert "dispalyName" in resources.refusals()["support"]
    path.write_text(good)
    await resources.list()
    assert resources.refusals() == {}


async def test_a_manifest_that_was_never_valid_holds_up_nobody(resources: FolderResources, folder: Path) -> None:
    write(folder, "kind: Nonsense", "broken")
    write(folder)
    assert [resource.metadata.name for resource in await resources.list()] == ["support"]
    assert "broken" in resources.refusals()


async def test_a_uid_lost_by_hand_is_put_back(resources: FolderResources, folder: Path) -> None:
    write(folder)
    (first,) = await resources.list()
    write(folder, BY_HAND.replace("Support", "Help"))
    (second,) = await resources.list()
    assert (second.metadata.uid, second.spec.display_name) == (first.metadata.uid, "Help")


async def test_a_removed_manifest_departs_with_its_last_spec(resources: FolderResources, folder: Path) -> None:
    path = write(folder)
    (resource,) = await resources.list()
    path.unlink()
    assert await resources.list() == []
    uid = resource.metadata.uid
    assert uid is not None
    assert FolderResources(folder).departed() == {uid: resource}
    resources.bury(uid)
    assert resources.departed() == {}


async def test_deleting_may_be_repeated_and_leaves_no_status(resources: FolderResources, folder: Path) -> None:
    await resources.apply(SALES)
    await resources.write_status("sales", WhatsAppConnectionStatus(phase="Online"))
    await resources.delete("sales")
    await resources.delete("sales")
    assert await resources.list() == []
    assert list((folder / ".status").iterdir()) == []


async def test_a_new_connection_of_an_old_name_is_another_one(resources: FolderResources) -> None:
    old = await resources.apply(SALES)
    await resources.delete("sales")
    new = await resources.apply(SALES)
    assert new.metadata.uid != old.metadata.uid
    assert set(resources.departed()) == {old.metadata.uid}


async def test_the_status_comes_back_with_the_resource(resources: FolderResources, folder: Path) -> None:
    write(folder)
    await resources.list()
    status = WhatsAppConnectionStatus(phase="Online", epoch=4)
    await resources.write_status("support", status)
    (found,) = await FolderResources(folder).list()
    assert found.status == status


async def test_a_change_is_noticed_soon_and_quiet_lasts_until_the_timeout(
    resources: FolderResources, folder: Path
) -> None:
    await resources.list()
    began = time.monotonic()
    await resources.changed(0.05)
    assert time.monotonic() - began >= 0.05
    asyncio.get_running_loop().call_later(0.05, write, folder)
    await asyncio.wait_for(resources.changed(30.0), POLL_SECONDS * 10)
    (found,) = await resources.list()
    assert isinstance(found.metadata.uid, UUID)
