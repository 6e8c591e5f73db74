"""What a running pod is patched with, and what it never is."""

import itertools
from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from recado_core.clock import SystemClock
from recado_kubernetes.errors import AbsentError, ForbiddenError, InvalidError
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, PODS
from recado_operator.build.draw import Fleet, draw
from recado_operator.build.hashing import template_hash
from recado_operator.build.names import MARKS_HASH, RESOURCES_HASH, TEMPLATE_HASH
from recado_operator.kubernetes.cluster import Cluster, Key
from recado_operator.kubernetes.sessions import PodSessions, common_images
from recado_operator.plan.releases import Phase, Release, Releases, RolloutState
from recado_operator.ports import SessionOrder, SessionRefusedError
from recado_operator.rollout import Rollout
from recado_operator.runtime.governor import Governor
from recado_operator.world import Drift, SessionProcess

from . import objects

FLEET = Fleet(catalogue={"1.4.0": "recado-session:1.4.0", "1.5.0": "recado-session:1.5.0"}, stable="1.5.0")
OLD = Release("1.4.0", "recado-session:1.4.0")
IMAGE = "recado-session:1.5.0"
KEY = UUID(objects.UID)


class Client:
    """Answers each patch with a pod of the next version: as it was, or as `keeps` makes it of the patch."""

    def __init__(self) -> None:
        self.patches: list[tuple[str, dict[str, Any]]] = []
        self.deleted: list[str] = []
        self.creation: Exception | None = AssertionError("nothing is made here")
        self.keeps: Callable[[dict[str, Any]], dict[str, Any]] = lambda _: {}
        self.resize: Exception | None = None
        self.versions = itertools.count(100)

    async def delete(self, kind: Any, namespace: str, name: str, *_: object) -> None:
        assert namespace == "acme"
        self.deleted.append(f"{kind.plural}/{name}")

    async def create(self, *_: object) -> bytes:
        if self.creation is not None:
            raise self.creation
        return msgspec.json.encode(objects.pod(next(self.versions), 4))

    async def strategic(self, kind: Any, namespace: str, name: str, patch: dict[str, Any], part: str = "") -> bytes:
        assert (kind, namespace) == (PODS, "acme")
        if part == "resize" and self.resize is not None:
            raise self.resize
        self.patches.append((f"{name}/{part}".rstrip("/"), patch))
        metadata = self.keeps(patch["metadata"]) if "metadata" in patch else {}
        return msgspec.json.encode(objects.pod(next(self.versions), status=objects.running(), **metadata))


class Stand:
    def __init__(self, **spec: Any) -> None:
        self.client = Client()
        self.cluster = Cluster(lambda *_: None, lambda _: None)
        self.rollout = Rollout(FLEET, None, SystemClock(), lambda *_: None, set)  # type: ignore[arg-type]  # nothing is stored here
        governor = Governor(SystemClock(), 1.0, 1)
        self.sessions = PodSessions(self.client, self.cluster, self.rollout, governor, SystemClock())  # type: ignore[arg-type]  # the client is ours
        self.cluster.notice(COMPANIES, objects.company(), gone=False)
        self.cluster.notice(CONNECTIONS, objects.connection(**spec), gone=False)
        self.cluster.notice(PODS, objects.pod(status=objects.running()), gone=False)

    async def seen(self) -> SessionProcess:
        (found,) = await self.sessions.of(KEY)
        return found

    async def settle(self) -> dict[str, Any]:
        """The pod is what it should be; answers what it wears."""
        self.client.keeps = worn
        ((_, change),) = (await self.correct(image=True))[-1:]
        self.client.patches.clear()
        return worn(change["metadata"])

    async def correct(self, *, image: bool) -> list[tuple[str, dict[str, Any]]]:
        resource = self.cluster.connection(KEY)
        assert resource is not None
        await self.sessions.correct(resource, 3, image=image)
        return self.client.patches


def worn(metadata: dict[str, Any]) -> dict[str, Any]:
    labels = {name: value for name, value in metadata["labels"].items() if value is not None}
    return {"labels": labels, "annotations": metadata["annotations"]}


async def test_a_label_that_somebody_took_away_or_changed_is_put_back() -> None:
    stand = Stand(podMetadata={"labels": {"team": "care"}})
    kept = await stand.settle()
    assert not (await stand.seen()).mends
    for label in ({"team": "sales"}, {}):
        labels = {name: value for name, value in kept["labels"].items() if name != "team"} | label
        tampered = objects.pod(version=150 + len(label), status=objects.running(), **{**kept, "labels": labels})
        stand.cluster.notice(PODS, tampered, gone=False)
        assert (await stand.seen()).mends
    ((_, change),) = await stand.correct(image=False)
    assert change["metadata"]["labels"]["team"] == "care"


async def test_labels_of_others_are_nobodys_business() -> None:
    stand = Stand()
    kept = await stand.settle()
    kept["labels"]["mesh.example.com/injected"] = "true"
    stand.cluster.notice(PODS, objects.pod(version=150, status=objects.running(), **kept), gone=False)
    assert not (await stand.seen()).mends


async def test_nobody_fights_about_a_label_that_a_policy_takes_off_again() -> None:
    stand = Stand(podMetadata={"labels": {"team": "care"}})
    await stand.settle()
    stand.client.keeps = lambda metadata: worn({**metadata, "labels": {**metadata["labels"], "team": None}})
    await stand.correct(image=False)
    assert not (await stand.seen()).mends
    stand.cluster.notice(PODS, objects.pod(version=150, status=objects.running()), gone=False)
    assert (await stand.seen()).mends, "another label is missed all the same"


async def test_a_pod_that_lost_the_labels_of_our_watch_is_asked_for_by_name() -> None:
    stand = Stand()
    await stand.settle()
    stand.cluster.notice(PODS, objects.pod(version=100), gone=True)
    found = await stand.seen()
    assert (found.running, found.mends) == (True, True)
    ((name, change),) = await stand.correct(image=False)
    assert (name, change["metadata"]["uid"]) == ("wa-support-e3", "pod-3")
    assert change["metadata"]["labels"]["recado.dev/connection"] == "support"
    (pod,) = stand.cluster.pods
    assert not pod.hidden


async def test_one_that_is_really_gone_is_forgotten_then() -> None:
    stand = Stand()
    stand.cluster.notice(PODS, objects.pod(version=30), gone=True)

    def absent(_: dict[str, Any]) -> dict[str, Any]:
        raise AbsentError("pods wa-support-e3 not found")

    stand.client.keeps = absent
    await stand.correct(image=False)
    assert list(stand.cluster.pods) == []


async def test_a_correction_without_a_turn_leaves_image_and_template_alone() -> None:
    stand = Stand(podMetadata={"labels": {"team": "care"}}, resources={"limits": {"memory": "512Mi"}})
    found = await stand.seen()
    assert (found.drift, found.mends, found.behind, found.version) == (Drift.TEMPLATE, True, True, "1.4.0")
    size, marks = await stand.correct(image=False)
    (container,) = size[1]["spec"]["containers"]
    assert (size[0], container["resources"]["limits"]) == ("wa-support-e3/resize", {"memory": "512Mi"})
    assert (marks[0], "spec" in marks[1]) == ("wa-support-e3", False)
    assert marks[1]["metadata"]["labels"]["team"] == "care"
    annotations = marks[1]["metadata"]["annotations"]
    assert annotations[TEMPLATE_HASH] == "0123456789abcdef", "what only another pod can have stays outstanding"
    assert annotations[MARKS_HASH]


@pytest.mark.parametrize(
    "refusal",
    [InvalidError("spec: Forbidden: Pod running on node without support for resize"), AbsentError("no such path")],
    ids=["node", "kubernetes"],
)
async def test_where_a_size_cannot_be_changed_another_pod_has_it_in_its_turn(refusal: Exception) -> None:
    stand = Stand()
    kept = await stand.settle()
    stand.cluster.notice(CONNECTIONS, objects.connection(11, resources={"limits": {"memory": "512Mi"}}), gone=False)
    stand.cluster.notice(PODS, objects.pod(150, status=objects.running(), **kept), gone=False)
    put_up_to_date(stand, 151)
    assert (await stand.seen()).drift is Drift.RESOURCES
    stand.client.resize = refusal
    ((_, change),) = await stand.correct(image=False)
    assert change["metadata"]["annotations"][RESOURCES_HASH] == kept["annotations"][RESOURCES_HASH]
    put_up_to_date(stand, 300)
    found = await stand.seen()
    assert (found.drift, found.mends) == (Drift.TEMPLATE, False)


async def test_a_size_that_is_wrong_is_refused() -> None:
    stand = Stand(resources={"limits": {"memory": "512Mi"}})
    stand.client.resize = InvalidError("spec.containers[0].resources.requests: must be less than or equal to limits")
    with pytest.raises(SessionRefusedError, match="less than or equal"):
        await stand.correct(image=False)
    assert stand.client.patches == []


def put_up_to_date(stand: Stand, version: int) -> None:
    """Image and template are what they should be."""
    resource, (pod,) = stand.cluster.connection(KEY), stand.cluster.pods
    assert resource is not None
    meant = template_hash(draw(resource, None, 3, IMAGE, FLEET))
    stand.cluster.pods.put(replace(pod, template_hash=meant, image=IMAGE, version=version))


async def test_with_a_turn_the_image_is_changed_in_place() -> None:
    *_, (name, change) = await Stand().correct(image=True)
    assert (name, change["spec"]) == (
        "wa-support-e3",
        {"containers": [{"name": "session", "image": "recado-session:1.5.0"}]},
    )


async def test_a_session_whose_wave_has_not_come_is_not_drawn_to_the_new_image() -> None:
    stand = Stand()
    state = RolloutState(settled=Releases(OLD, OLD), target=FLEET.releases, phase=Phase.MOVING, wave=0)
    stand.rollout._state = state
    found = await stand.seen()
    assert (found.drift, found.behind) == (Drift.TEMPLATE, True)
    *_, (_, change) = await stand.correct(image=True)
    assert "spec" not in change


async def test_what_most_sessions_run_is_what_a_roll_out_begins_from() -> None:
    assert common_images(Stand().cluster) == {"Stable": OLD.image}
    assert common_images(Stand(suspend=True, updatePolicy={"channel": "Canary"}).cluster) == {"Canary": OLD.image}


async def test_a_version_that_is_not_in_the_catalogue_changes_nothing() -> None:
    stand = Stand(updatePolicy={"channel": "Pinned", "version": "9"})
    assert (await stand.seen()).drift is Drift.NONE
    assert await stand.correct(image=True) == []


@pytest.mark.parametrize("adoptable", [True, False])
async def test_an_adopted_pod_gets_its_owner_and_nothing_else(*, adoptable: bool) -> None:
    stand = Stand()
    labels = {"recado.dev/connection": "support", **({"recado.dev/adoptable": "true"} if adoptable else {})}
    stray = objects.pod(epoch=4, ownerReferences=[], labels=labels)
    stand.cluster.notice(PODS, stray, gone=False)
    resource = stand.cluster.connection(KEY)
    assert resource is not None
    (stranger,) = stand.sessions.expected(resource, None)["strangers"]
    assert (stranger.name, stranger.epoch, stranger.adoptable) == ("wa-support-e4", 4, adoptable)
    await stand.sessions.adopt(resource, stranger.name)
    ((name, change),) = stand.client.patches
    assert (name, list(change["metadata"])) == ("wa-support-e4", ["ownerReferences"])
    assert change["metadata"]["ownerReferences"][0]["uid"] == objects.UID


@pytest.mark.parametrize(
    ("policy", "drift"), [("Allow", Drift.TEMPLATE), ("Paced", Drift.NODE), ("Never", Drift.TEMPLATE)]
)
async def test_only_paced_sessions_are_moved_off_a_node_that_is_emptied(policy: str, drift: Drift) -> None:
    stand = Stand(eviction={"policy": policy})
    stand.cluster.drain(frozenset({"node-7"}))
    assert (await stand.seen()).drift is drift
    stand.cluster.drain(frozenset())
    assert (await stand.seen()).drift is Drift.TEMPLATE


async def test_a_guard_is_put_on_and_taken_off_in_place() -> None:
    for policy, label in (("Never", "true"), ("Allow", None)):
        *_, (_, change) = await Stand(eviction={"policy": policy}).correct(image=False)
        assert change["metadata"]["labels"]["recado.dev/guarded"] == label


def test_a_change_of_a_node_wakes_those_on_it() -> None:
    woken: list[Key] = []
    cluster = Cluster(lambda key, *_: woken.append(key), lambda _: None)
    cluster.notice(PODS, objects.pod(), gone=False)
    woken.clear()
    cluster.drain(frozenset({"node-8"}))
    assert woken == []
    cluster.drain(frozenset({"node-7", "node-8"}))
    assert woken == [Key("whatsappconnections", KEY)]
    cluster.drain(frozenset({"node-7"}))
    assert len(woken) == 1


async def test_the_secret_of_an_epoch_goes_with_a_pod_that_turned_up_late() -> None:
    """The answer to its making was lost, so that the next epoch was begun, and found the pod there by then."""
    stand = Stand()
    await stand.sessions.end(KEY, 3, 20.0)
    assert stand.client.deleted == ["pods/wa-support-e3"], "it rests, and its Secret with it"
    stand.cluster.notice(PODS, objects.pod(21, 4, objects.running()), gone=False)
    await stand.sessions.end(KEY, 3, 0.0)
    assert stand.client.deleted[1:] == ["pods/wa-support-e3", "secrets/wa-support-e3"]


@pytest.mark.parametrize("leaving", [True, False], ids=["on a lost node", "alive"])
async def test_the_secret_of_the_last_epoch_goes_when_its_pod_is_already_going(leaving: bool) -> None:  # noqa: FBT001 - both
    stand = Stand()
    going = {"deletionTimestamp": "2026-11-23T12:10:00Z"} if leaving else {}
    stand.cluster.notice(PODS, objects.pod(21, 3, objects.running(), **going), gone=False)
    stand.client.creation = None
    resource = stand.cluster.connection(KEY)
    assert resource is not None
    await stand.sessions.start(SessionOrder(resource=resource, connection_id=KEY, epoch=4, password="secret"))
    earlier = [3, 2, 1] if leaving else [2, 1]
    assert stand.client.deleted == [f"secrets/wa-support-e{epoch}" for epoch in earlier]


async def test_the_secrets_of_earlier_epochs_go_before_the_next_pod_comes() -> None:
    """An operator may be killed at any moment: the pod is what its successor would not do again."""
    stand = Stand()
    stand.cluster.notice(PODS, objects.pod(21, 3, deletionTimestamp="2026-11-23T12:10:00Z"), gone=True)
    stand.client.creation = ConnectionError("killed before anything was made")
    resource = stand.cluster.connection(KEY)
    assert resource is not None
    for epoch in (4, 5):
        with pytest.raises(ConnectionError):
            await stand.sessions.start(
                SessionOrder(resource=resource, connection_id=KEY, epoch=epoch, password="secret")
            )
    earlier = [3, 2, 1, 4, 3, 2]
    assert stand.client.deleted == [f"secrets/wa-support-e{epoch}" for epoch in earlier]


@pytest.mark.parametrize(
    ("detail", "seconds"),
    [
        (
            'pods is forbidden: User "operator" cannot create resource "pods"',
            5.0,
        ),
        ('pods "wa-support-e4" is forbidden: exceeded quota: company-acme', 120.0),
    ],
    ids=["no right yet", "no room"],
)
async def test_a_right_that_is_missing_for_a_moment_is_asked_for_sooner_than_room(detail: str, seconds: float) -> None:
    stand = Stand()
    stand.client.creation = ForbiddenError(detail)
    resource = stand.cluster.connection(KEY)
    assert resource is not None
    with pytest.raises(SessionRefusedError, match="forbidden") as refused:
        await stand.sessions.start(SessionOrder(resource=resource, connection_id=KEY, epoch=4, password="secret"))
    assert refused.value.again_after == seconds
