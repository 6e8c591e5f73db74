"""What keeps companies apart is as it was written, or somebody hears of it."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from recado_kubernetes.kinds import COMPANIES, NETWORK_POLICIES, RESOURCE_QUOTAS
from recado_operator.kubernetes.cluster import Cluster, Key
from recado_operator.kubernetes.guards import Guards

from . import objects

ACME = UUID(objects.COMPANY_UID)


def quota(version: int = 7, hard: str = "10k", **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {
            "name": "recado-company-acme",
            "namespace": "acme",
            "uid": "quota",
            "resourceVersion": str(version),
            "labels": {"recado.dev/company": "acme"},
            **metadata,
        },
        "spec": {"hard": {"count/whatsappconnections.recado.dev": hard}},
    }


@pytest.fixture
def guards() -> Guards:
    guards = Guards()
    guards.wrote(ACME, RESOURCE_QUOTAS, quota(), msgspec.json.encode(quota()))
    return guards


@pytest.mark.parametrize(
    ("body", "gone"),
    [(quota(8, hard="99k"), False), (quota(8, labels={}), False), (quota(8), True)],
    ids=["another number", "without labels", "deleted"],
)
def test_a_harm_is_noticed_once_and_until_it_is_mended(guards: Guards, body: dict[str, Any], *, gone: bool) -> None:
    assert not guards.harmed(ACME)
    assert guards.notice(RESOURCE_QUOTAS, body, gone=gone) == ACME
    assert guards.harmed(ACME)
    assert not guards.stands(ACME, RESOURCE_QUOTAS, quota())
    guards.mending(ACME)
    guards.wrote(ACME, RESOURCE_QUOTAS, quota(), msgspec.json.encode(quota(9)))
    assert guards.notice(RESOURCE_QUOTAS, body, gone=gone) is None, "an echo of the past"
    assert not guards.harmed(ACME)


def test_what_stands_need_not_be_written_again(guards: Guards) -> None:
    assert guards.stands(ACME, RESOURCE_QUOTAS, quota())
    assert not guards.stands(ACME, RESOURCE_QUOTAS, quota(hard="5"))
    assert not guards.stands(UUID(objects.UID), RESOURCE_QUOTAS, quota())


def test_what_controllers_count_is_no_harm(guards: Guards) -> None:
    counted = {**quota(8), "status": {"used": {"count/whatsappconnections.recado.dev": "3"}}}
    assert guards.notice(RESOURCE_QUOTAS, counted, gone=False) is None


def test_objects_of_others_are_nobodys_business(guards: Guards) -> None:
    assert guards.notice(RESOURCE_QUOTAS, quota(8, name="theirs"), gone=True) is None
    assert guards.notice(NETWORK_POLICIES, quota(8), gone=True) is None


def test_what_a_list_does_not_name_is_missed(guards: Guards) -> None:
    assert guards.missing(RESOURCE_QUOTAS, "acme", {"quota"}, 9) == set()
    assert guards.missing(RESOURCE_QUOTAS, "globex", set(), 9) == set()
    assert guards.missing(RESOURCE_QUOTAS, "acme", set(), 6) == set()  # written since
    assert guards.missing(RESOURCE_QUOTAS, "acme", set(), 9) == {ACME}
    assert guards.harmed(ACME)


def test_a_harm_wakes_the_company_and_nobody_once_it_is_gone() -> None:
    woken: list[Key] = []
    cluster = Cluster(lambda key, *_: woken.append(key), lambda _: None)
    cluster.notice(COMPANIES, objects.company(), gone=False)
    cluster.guards.wrote(ACME, RESOURCE_QUOTAS, quota(), msgspec.json.encode(quota()))
    woken.clear()
    assert cluster.notice(RESOURCE_QUOTAS, quota(8), gone=True)
    cluster.guards.wrote(ACME, RESOURCE_QUOTAS, quota(), msgspec.json.encode(quota(9)))
    assert cluster.drop_missing(RESOURCE_QUOTAS, "acme", set(), 9) == 1
    assert woken == [Key(COMPANIES.plural, ACME)] * 2
    cluster.notice(COMPANIES, objects.company(11), gone=True)
    assert not cluster.notice(RESOURCE_QUOTAS, quota(12), gone=True)
    assert not cluster.guards.harmed(ACME)
