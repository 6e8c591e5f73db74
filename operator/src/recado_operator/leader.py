"""What the leading operator does: list once, then watch, listen, survey and work until it is stopped."""

import asyncio
import contextlib
from collections.abc import Callable
from uuid import UUID

from kubernetes.aio.client import Configuration

from recado_core.clock import SystemClock
from recado_core.log import logger
from recado_core.tasks import run_guarded
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import KubernetesError
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, Kind
from recado_operator import handlers
from recado_operator.bells import RedisBells
from recado_operator.carrying import Ports
from recado_operator.database import LeaseDatabase
from recado_operator.kubernetes.cluster import Cluster, Key
from recado_operator.kubernetes.declarations import KubernetesDeclarations
from recado_operator.kubernetes.listing import Listing
from recado_operator.kubernetes.nodes import draining
from recado_operator.kubernetes.policies import KubernetesPolicies
from recado_operator.kubernetes.rollout_store import ConfigMapStore
from recado_operator.kubernetes.secrets import KubernetesSecrets
from recado_operator.kubernetes.sessions import PodSessions, common_images
from recado_operator.kubernetes.watched import WATCHED
from recado_operator.ports import DatabaseUnavailableError
from recado_operator.reconcile import Reconciler
from recado_operator.retention import Retention
from recado_operator.rollout import Rollout
from recado_operator.runtime import metrics
from recado_operator.runtime.agenda import Urgency
from recado_operator.runtime.events import EventRecorder
from recado_operator.runtime.governor import Governor
from recado_operator.runtime.pulse import Limit, Pulse
from recado_operator.runtime.queue import WorkQueue
from recado_operator.settings import Settings
from recado_operator.world import Turn

SURVEY_SECONDS = 10.0
LISTING_SECONDS = 600.0
GATHERING_SECONDS = 1.0
"""All watches begin at about the same time: one comparison does for them."""
RETENTION_SECONDS = 600.0
NODES_SECONDS = 10.0
LOOK_AGAIN_SECONDS = 3600.0
"""So often a key is looked at that nothing happened to; 5,000 of them are then less than two looks a second."""
LOOP_SECONDS = 0.5
LONGEST_LAG = 5.0
LONGEST_UNFINISHED = 600.0

log = logger(__name__)


class Leader:
    def __init__(self, settings: Settings, client: KubernetesClient, access: Configuration, own: str) -> None:
        """`own` is the operator's namespace."""
        clock = SystemClock()
        self._settings = settings
        self._client = client
        self._access = access
        self._namespaces = namespaces = settings.operator.namespaces(own)
        watches = {f"watch {kind.plural}": handlers.STALE_SECONDS for kind in WATCHED}
        self._pulse = Pulse(clock, {"event loop": LONGEST_LAG, **watches})
        self._doubt = asyncio.Event()
        self._queue: WorkQueue[Key] = WorkQueue(clock, self._work, settings.operator.workers)
        self._unfinished = Limit("oldest key of the queue", self._queue.oldest_seconds, LONGEST_UNFINISHED)
        self._cluster = Cluster(self._notice, self._hear, lambda _: self._doubt.set())
        self._listing = Listing(client, self._cluster, namespaces)
        self._recorder = EventRecorder(client, clock, settings.operator.name())
        self._database = LeaseDatabase(settings.database)
        self._bells = RedisBells(settings.redis.uri)
        self._filled = False
        self._leading = False
        self._started: Callable[[], None] = lambda: None
        governor = Governor(clock, settings.operator.create_per_second, settings.operator.create_burst)
        fleet = settings.operator.fleet()
        self._rollout = Rollout(
            fleet, ConfigMapStore(client, own), clock, self._wake, self._cluster.declared_connections
        )
        ports = Ports(
            declarations=KubernetesDeclarations(client, self._cluster, self._recorder),
            sessions=PodSessions(client, self._cluster, self._rollout, governor, clock),
            leases=self._database,
            companies=self._database,
            policies=KubernetesPolicies(client, self._cluster.guards, settings.operator.monitoring_namespace),
            secrets=KubernetesSecrets(client, readable=settings.operator.make_first_admins),
            bell=self._bells,
            clock=clock,
        )
        self._reconciler = Reconciler(ports, wake=self._wake, note=self._rollout.note)
        self._retention = Retention(ports.declarations, ports.leases, settings.operator.retention_days)
        self._clock = clock

    def complaints(self) -> list[str]:
        """Why the process should be started anew."""
        return [*self._pulse.complaints(), *self._unfinished.complaints()]

    def hindrances(self) -> list[str]:
        """Why it does not serve yet. A standby serves: it waits for its turn."""
        return ["the world is not listed yet"] if self._leading and not self._filled else []

    def measure(self) -> None:
        self._queue.measure()
        self._cluster.measure()
        self._rollout.measure()
        for kind in WATCHED:
            metrics.WATCH_AGE.labels(kind.plural).set(self._pulse.age(f"watch {kind.plural}") or 0.0)

    async def run(self, started: Callable[[], None]) -> None:
        """Until it is cancelled or something fails. `started` is called each time a watch is established."""
        self._leading = True
        self._started = started
        async with self._database, contextlib.aclosing(self._bells):
            await self._fill()
            await run_guarded(
                {
                    "queue": self._queue.run(),
                    "survey": self._survey(),
                    "listing": self._list_again(),
                    "looks": self._look_again(),
                    "retention": self._collect_retained(),
                    "bells": self._bells.follow(self._wake),
                    "rollout": self._rollout.run(),
                    "events": self._recorder.run(),
                    "event loop": self._beat(),
                    **({"nodes": self._look_at_nodes()} if self._settings.operator.drain else {}),
                    # Last: when kopf ends it cancels whatever task is younger than itself.
                    "watch": handlers.watch(self._cluster, self._access, self._namespaces),
                }
            )

    def _notice(self, key: Key, after: float | None, urgency: Urgency) -> None:
        """Who is on the way to another release is waited for by the next."""
        flies = self._rollout.turn(key.uid) is Turn.GO
        self._queue.add(key, after, Urgency.ASKED if flies else urgency)

    def _wake(self, uid: UUID, urgency: Urgency = Urgency.TOLD) -> None:
        self._queue.add(Key(CONNECTIONS.plural, uid), urgency=urgency)

    def _hear(self, kind: Kind) -> None:
        self._pulse.beat(f"watch {kind.plural}")
        self._started()

    async def _fill(self) -> None:
        started = self._clock.monotonic()
        await self._listing.compare()
        try:
            for uid in await self._reconciler.survey():
                if self._cluster.connection(uid) is None:  # perhaps it went while nobody looked
                    self._wake(uid)
        except DatabaseUnavailableError as error:  # each look says so
            log.warning("leases not surveyed", problem=error.detail)
        await self._reconciler.enroll()
        await self._rollout.load(common_images(self._cluster))
        self._filled = True
        seconds = round(self._clock.monotonic() - started, 2)
        log.info("listed the world", objects=len(self._cluster.everything()), seconds=seconds)

    async def _work(self, key: Key) -> float | None:
        started = self._clock.monotonic()
        result = "error"
        try:
            wake = await self._reconcile(key)
            result = "ok"
        finally:
            metrics.RECONCILES.labels(key.kind, result).inc()
            metrics.RECONCILE_SECONDS.labels(key.kind).observe(self._clock.monotonic() - started)
        return wake

    async def _reconcile(self, key: Key) -> float | None:
        if key.kind == COMPANIES.plural:
            return await self._reconciler.companies.reconcile(key.uid)
        return await self._reconciler.reconcile(key.uid)

    async def _survey(self) -> None:
        away = False
        while True:
            try:
                for uid in await self._reconciler.survey():
                    self._wake(uid)
                was_away, away = away, False
            except DatabaseUnavailableError as error:
                log.warning("leases not surveyed", problem=error.detail)
                was_away, away = away, True
            if away != was_away:  # each connection says so, or that it is over
                self._add_all()
            await asyncio.sleep(SURVEY_SECONDS)

    def _add_all(self) -> None:
        for key in self._cluster.everything():
            self._queue.add(key)

    async def _list_again(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LISTING_SECONDS):
                    await self._doubt.wait()
                    await asyncio.sleep(GATHERING_SECONDS)
            self._doubt.clear()
            try:
                await self._listing.compare()
            except KubernetesError as error:
                log.warning("the world was not listed again", problem=error.detail)

    async def _look_again(self) -> None:
        while True:
            for key in self._cluster.everything():
                self._queue.add(key, after=spread(key))
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _collect_retained(self) -> None:
        """Not at once: a new leader first takes up what was declared while nobody led."""
        while True:
            await asyncio.sleep(RETENTION_SECONDS)
            try:
                await self._retention.collect()
            except DatabaseUnavailableError as error:
                log.warning("retained connections not looked at", problem=error.detail)
            except Exception:  # nothing that must be done is held up by it
                log.exception("retained connections not looked at, they are in ten minutes")

    async def _look_at_nodes(self) -> None:
        while True:
            try:
                self._cluster.drain(await draining(self._client, self._settings.operator.taints()))
            except KubernetesError as error:
                log.warning("nodes not looked at", problem=error.detail)
            await asyncio.sleep(NODES_SECONDS)

    async def _beat(self) -> None:
        while True:
            self._pulse.beat("event loop")
            before = self._clock.monotonic()
            await asyncio.sleep(LOOP_SECONDS)
            metrics.LOOP_LAG.set(max(0.0, self._clock.monotonic() - before - LOOP_SECONDS))


def spread(key: Key) -> float:
    """When within the hour a key that nothing happened to is looked at: always the same, each at another time."""
    return key.uid.int % 10_000 / 10_000 * LOOK_AGAIN_SECONDS
