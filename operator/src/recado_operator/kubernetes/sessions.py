"""`Sessions` with pods. Every step may be repeated, and each start is guarded twice: the database hands out an epoch
once, and the API server lets one pod have the epoch's name.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.resources.company import Company
from recado_core.resources.connection import WhatsAppConnection
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import AbsentError, ConflictError, ForbiddenError, InvalidError
from recado_kubernetes.kinds import PODS, SECRETS
from recado_operator.build.blueprint import Blueprint
from recado_operator.build.draw import draw, eviction_policy, owner_of, update_policy
from recado_operator.build.hashing import resources_hash
from recado_operator.build.names import session_name
from recado_operator.build.pod import CONTAINER, build_pod
from recado_operator.build.secret import build_secret
from recado_operator.database import role_name
from recado_operator.kubernetes.cluster import Cluster
from recado_operator.kubernetes.pods import PodView, view_pod
from recado_operator.kubernetes.processes import as_process, correction, drift_of, mends, missing_marks
from recado_operator.ports import SessionOrder, SessionRefusedError
from recado_operator.rollout import Rollout
from recado_operator.runtime import metrics
from recado_operator.runtime.governor import Governor
from recado_operator.world import Drift, SessionProcess, Stranger, Turn

SHORTEST_GRACE = 1
"""Never 0: that takes a pod off the list while its container may run on."""
INVALID_SECONDS, FORBIDDEN_SECONDS = 600.0, 120.0
"""When a pod that the API server refused is tried again: what does not fit its schema will hardly do so later, but room
in a quota, or a priority class, may come. A change of the resource is tried at once.
"""
EPOCHS_BACK = 3
"""So many epochs before a new one Secrets are looked for: operators that were killed one after the other, each between
taking an epoch and starting its pod, did not come to it.
"""
RIGHTS_SECONDS = 5.0
"""A Role that has just been written, or an API server that has just been started, forbids for a moment."""
NO_RIGHT = "cannot create resource"
"""What the API server says when no Role gives the right, whatever the object is."""

NO_RESIZE = "without support for resize"
"""What the API server says of a pod on a node whose kubelet cannot."""

REFUSALS = (ForbiddenError, InvalidError)
"""A quota, a priority class, a label that cannot be: what the API server says about it is for those who declared it."""

log = logger(__name__)


class PodSessions:
    def __init__(
        self,
        client: KubernetesClient,
        cluster: Cluster,
        rollout: Rollout,
        governor: Governor,
        clock: Clock,
    ) -> None:
        self._client = client
        self._cluster = cluster
        self._rollout = rollout
        self._governor = governor
        self._clock = clock
        self._spent: dict[UUID, set[int]] = {}
        """Epochs whose Secret was written, perhaps, and whose pod never came to be."""
        self._let_be: dict[UUID | None, Collection[int]] = {}
        """Marks that a pod does not keep, whoever sees to that: we do not fight about them."""
        self._rigid: dict[UUID | None, str] = {}
        """Connections whose pod (its uid) cannot change its size in place."""

    async def keys(self) -> Collection[UUID]:
        return {pod.connection_id for pod in self._cluster.pods if pod.connection_id is not None}

    async def of(self, connection_id: UUID) -> Sequence[SessionProcess]:
        now, resource = self._clock.now(), self._cluster.connection(connection_id)
        return [
            as_process(
                connection_id, pod, now, version=self._rollout.version_of(pod.image), **self._judge(resource, pod)
            )
            for pod in self._cluster.pods.find(connection_id)
        ]

    def _judge(self, resource: WhatsAppConnection | None, pod: PodView) -> dict[str, Any]:
        wanted = self._draw(resource, pod.epoch, pod.image) if resource else None
        if resource is None or wanted is None:
            return {}
        company = self._cluster.company_of(resource)
        policy = update_policy(resource, company)
        leaves = pod.node in self._cluster.draining and eviction_policy(resource, company) == "Paced"
        rigid, let_be = self._rigid.get(pod.connection_id) == pod.uid, self._let_be.get(resource.metadata.uid, ())
        return {
            "drift": Drift.NODE if leaves else drift_of(pod, wanted, rigid=rigid),
            "mends": mends(pod, wanted, let_be, rigid=rigid),
            "behind": self._rollout.behind(policy, pod.image),
        }

    def expected(self, resource: WhatsAppConnection, company: Company | None) -> Mapping[str, Any]:
        return {
            "versions": tuple(sorted(self._rollout.fleet.catalogue)),
            "version": self._rollout.fleet.version(update_policy(resource, company)),
            "turn": self._rollout.turn(resource.metadata.uid) if resource.metadata.uid else Turn.WAIT,
            "strangers": self._strangers(resource),
            "inbox_url": self._rollout.fleet.inbox_url,
        }

    def wait(self, connection_id: UUID) -> float:
        return self._governor.wait(connection_id)

    async def start(self, order: SessionOrder) -> None:
        """The Secret first: a pod without it would wait for the kubelet to try again.

        Both are created, not applied: an epoch is handed out once, and creating costs the API server half as much.
        """
        blueprint = self._draw(order.resource, order.epoch)
        if blueprint is None:
            log.warning("no such version in the catalogue", connection=str(order.connection_id))
            return
        secret = build_secret(blueprint, role_name(order.connection_id), order.password)
        self._spent.setdefault(order.connection_id, set()).add(order.epoch)
        try:
            await self._create(order, blueprint, secret)
        except REFUSALS as error:
            await self._client.delete(SECRETS, blueprint.namespace, secret["metadata"]["name"])
            raise _refusal(error) from error

    async def _create(self, order: SessionOrder, blueprint: Blueprint, secret: dict[str, Any]) -> None:
        for epoch in self._earlier(order):  # before the pod: after it, nobody would follow who is killed in between
            await self._drop_secret_of(order, epoch)
        try:
            await self._client.create(SECRETS, blueprint.namespace, secret)
            answer = await self._client.create(PODS, blueprint.namespace, build_pod(blueprint))
        except ConflictError:  # ours, of a lost answer or of a resource that had this name: the next epoch is free
            log.info("the name is taken", connection=str(order.connection_id), epoch=order.epoch)
            return
        self._cluster.pods.put(view_pod(answer))
        self._spent.pop(order.connection_id, None)
        self._measure(order)

    def _earlier(self, order: SessionOrder) -> list[int]:
        recent = range(max(1, order.epoch - EPOCHS_BACK), order.epoch)
        return sorted({*recent, *self._spent.get(order.connection_id, ())} - {order.epoch}, reverse=True)

    async def end(self, connection_id: UUID, epoch: int, grace: float) -> None:
        superseded = any(pod.epoch > epoch for pod in self._cluster.pods.find(connection_id))
        for pod in self._pods(connection_id, epoch):
            await self._delete(pod, max(SHORTEST_GRACE, round(grace)))
            if superseded:  # the start that followed left it alone for the sake of this pod
                await self._client.delete(SECRETS, pod.namespace, pod.name)

    async def forget(self, connection_id: UUID, epoch: int) -> None:
        for pod in self._pods(connection_id, epoch):
            await self._delete(pod, SHORTEST_GRACE)
            await self._client.delete(SECRETS, pod.namespace, pod.name)

    async def _delete(self, pod: PodView, seconds: int) -> None:
        await self._client.delete(PODS, pod.namespace, pod.name, seconds, pod.uid)
        if pod.hidden:  # nobody will tell
            self._cluster.pods.remove(pod)

    async def discard(self, connection_id: UUID) -> None:
        """Pods and Secrets go with the resource that owns them, journals with their pods."""
        self._spent.pop(connection_id, None)
        self._let_be.pop(connection_id, None)
        self._rigid.pop(connection_id, None)

    async def correct(self, resource: WhatsAppConnection, epoch: int, *, image: bool) -> None:
        try:
            await self._correct(resource, epoch, image=image)
        except REFUSALS as error:
            raise _refusal(error) from error

    async def _correct(self, resource: WhatsAppConnection, epoch: int, *, image: bool) -> None:
        for pod in self._pods(resource.metadata.uid, epoch):
            wanted = self._draw(resource, epoch, pod.image)
            if wanted is None:
                continue
            try:
                after = await self._patch(pod, wanted, image=image)
            except AbsentError:
                self._cluster.pods.remove(pod)
                continue
            self._cluster.pods.refresh(after)
            if left := missing_marks(after, wanted):
                log.warning("a pod does not keep what it is labelled with", pod=pod.name, labels=len(left))
            self._let_be[resource.metadata.uid] = left

    async def _patch(self, pod: PodView, wanted: Blueprint, *, image: bool) -> PodView:
        sized = pod.resources_hash == resources_hash(wanted) or await self._resize(pod, wanted)
        change = correction(pod, wanted, image=image, sized=sized)
        return view_pod(await self._client.strategic(PODS, pod.namespace, pod.name, change))

    async def _resize(self, pod: PodView, wanted: Blueprint) -> bool:
        """Whether the pod has its size now. Before Kubernetes 1.33, and on older nodes, only another pod can."""
        size = {"spec": {"containers": [{"name": CONTAINER, "resources": wanted.resources}]}}
        try:
            await self._client.strategic(PODS, pod.namespace, pod.name, size, "resize")
        except AbsentError:  # there is no such subresource; or no such pod, which is found out next
            pass
        except InvalidError as error:
            if NO_RESIZE not in error.detail:
                raise
        else:
            return True
        self._rigid[pod.connection_id] = pod.uid
        return False

    async def adopt(self, resource: WhatsAppConnection, name: str) -> None:
        owners = {"metadata": {"ownerReferences": [owner_of(resource).reference()]}}
        answer = await self._client.strategic(PODS, resource.metadata.namespace, name, owners)
        self._cluster.pods.refresh(view_pod(answer))

    def _draw(self, resource: WhatsAppConnection, epoch: int, running: str = "") -> Blueprint | None:
        """None for a version that the catalogue does not hold. `running` is the image of a pod that is there."""
        company, uid = self._cluster.company_of(resource), resource.metadata.uid
        release = self._rollout.release(uid, update_policy(resource, company), running) if uid else None
        return draw(resource, company, epoch, release.image, self._rollout.fleet) if release else None

    def _pods(self, connection_id: UUID | None, epoch: int) -> list[PodView]:
        return [pod for pod in self._cluster.pods.find(connection_id) if pod.epoch == epoch]

    def _strangers(self, resource: WhatsAppConnection) -> tuple[Stranger, ...]:
        found = self._cluster.pods.find((resource.metadata.namespace, resource.metadata.name))
        return tuple(Stranger(name=pod.name, epoch=pod.epoch, adoptable=pod.adoptable) for pod in found)

    async def _drop_secret_of(self, order: SessionOrder, epoch: int) -> None:
        """Of an epoch whose pod never came to be, was taken away by others, or is going (from a lost node perhaps for
        days): nobody else would.
        """
        metadata = order.resource.metadata
        if all(pod.deleting for pod in self._pods(order.connection_id, epoch)):
            await self._client.delete(SECRETS, metadata.namespace, session_name(metadata.name, epoch))

    def _measure(self, order: SessionOrder) -> None:
        created = order.resource.metadata.creation_timestamp
        if order.epoch == 1 and created is not None:
            metrics.TIME_TO_POD.observe(max(0.0, (self._clock.now() - created).total_seconds()))


def common_images(cluster: Cluster) -> Mapping[str, str]:
    """Channel → the image that most of its pods have."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for pod in cluster.pods:
        connection = cluster.connection(pod.connection_id) if pod.connection_id and pod.running else None
        if connection is not None:
            policy = update_policy(connection, cluster.company_of(connection))
            counts[policy.channel if policy else "Stable"][pod.image] += 1
    return {channel: images.most_common(1)[0][0] for channel, images in counts.items()}


def _refusal(error: ForbiddenError | InvalidError) -> SessionRefusedError:
    again_after = INVALID_SECONDS if isinstance(error, InvalidError) else FORBIDDEN_SECONDS
    if NO_RIGHT in error.detail:
        again_after = RIGHTS_SECONDS
    why = f"The cluster refuses the session's pod: {error.detail}. Correct it, or make room; it is tried again."
    return SessionRefusedError(why, again_after)
