"""`Sessions` with pods. Every step may be repeated, and each start is guarded twice: the database hands out an epoch
once, and the API server lets one pod have the epoch's name.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.session_states import ExitCode
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import ConflictError
from recado_kubernetes.kinds import PODS, SECRETS
from recado_operator.build.draw import Fleet, draw, update_policy
from recado_operator.build.names import session_name
from recado_operator.build.pod import build_pod
from recado_operator.build.secret import build_secret
from recado_operator.database import role_name
from recado_operator.kubernetes.cluster import Cluster
from recado_operator.kubernetes.pods import PodView, view_pod
from recado_operator.ports import SessionOrder
from recado_operator.runtime import metrics
from recado_operator.runtime.governor import Governor
from recado_operator.world import SessionProcess

LONGEST_IN_PLACE = 5
"""So often the kubelet starts a container again by itself; then the pod counts as ended, and our slower wait begins."""
SHORTEST_GRACE = 1
"""Never 0: that takes a pod off the list while its container may run on."""

log = logger(__name__)


class PodSessions:
    def __init__(
        self, client: KubernetesClient, cluster: Cluster, fleet: Fleet, governor: Governor, clock: Clock
    ) -> None:
        self._client = client
        self._cluster = cluster
        self._fleet = fleet
        self._governor = governor
        self._clock = clock

    async def keys(self) -> Collection[UUID]:
        return {pod.connection_id for pod in self._cluster.pods if pod.connection_id is not None}

    async def of(self, connection_id: UUID) -> Sequence[SessionProcess]:
        now = self._clock.now()
        return [as_process(connection_id, pod, now) for pod in self._cluster.pods.find(connection_id)]

    def wait(self, connection_id: UUID) -> float:
        return self._governor.wait(connection_id)

    async def start(self, order: SessionOrder) -> None:
        """The Secret first: a pod without it would wait for the kubelet to try again."""
        resource = order.resource
        company = self._cluster.company_of(resource)
        version = self._fleet.version(update_policy(resource, company))
        blueprint = draw(resource, company, order.epoch, version, self._fleet)
        secret = build_secret(blueprint, role_name(order.connection_id), order.password)
        await self._client.apply(SECRETS, blueprint.namespace, secret)
        try:
            answer = await self._client.create(PODS, blueprint.namespace, build_pod(blueprint))
        except ConflictError:  # ours, from a request whose answer was lost; another epoch has another name
            log.info("the pod exists already", connection=str(order.connection_id), epoch=order.epoch)
            return
        self._cluster.pods.put(view_pod(answer))
        self._measure(order)
        await self._drop_secret_of(order, order.epoch - 1)

    async def end(self, connection_id: UUID, epoch: int, grace: float) -> None:
        for pod in self._pods(connection_id, epoch):
            seconds = max(SHORTEST_GRACE, round(grace))
            await self._client.delete(PODS, pod.namespace, pod.name, seconds, pod.uid)

    async def forget(self, connection_id: UUID, epoch: int) -> None:
        for pod in self._pods(connection_id, epoch):
            await self._client.delete(PODS, pod.namespace, pod.name, SHORTEST_GRACE, pod.uid)
            await self._client.delete(SECRETS, pod.namespace, pod.name)

    async def discard(self, connection_id: UUID) -> None:
        """Nothing: pods and Secrets go with the resource that owns them, journals with their pods."""

    def _pods(self, connection_id: UUID, epoch: int) -> list[PodView]:
        return [pod for pod in self._cluster.pods.find(connection_id) if pod.epoch == epoch]

    async def _drop_secret_of(self, order: SessionOrder, epoch: int) -> None:
        """Of an epoch whose pod never came to be: nobody else would."""
        metadata = order.resource.metadata
        if epoch > 0 and not self._pods(order.connection_id, epoch):
            await self._client.delete(SECRETS, metadata.namespace, session_name(metadata.name, epoch))

    def _measure(self, order: SessionOrder) -> None:
        created = order.resource.metadata.creation_timestamp
        if order.epoch == 1 and created is not None:
            metrics.TIME_TO_POD.observe(max(0.0, (self._clock.now() - created).total_seconds()))


def as_process(connection_id: UUID, pod: PodView, now: datetime) -> SessionProcess:
    running = pod.running and not _given_up(pod)
    return SessionProcess(
        connection_id=connection_id,
        epoch=pod.epoch,
        running=running,
        age_seconds=(now - pod.started).total_seconds() if pod.started else 0.0,
        stopping=pod.deleting,
        exit_code=None if running else pod.exit_code,
    )


def _given_up(pod: PodView) -> bool:
    """Its container has ended in a way, or so often, that starting it in place leads nowhere."""
    if pod.waiting != "CrashLoopBackOff":
        return False
    return pod.exit_code == ExitCode.CONFIGURATION or pod.restarts >= LONGEST_IN_PLACE
