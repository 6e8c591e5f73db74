"""The cluster as we know it: companies, connections and session pods, and whom to look at when one of them changes.

Slim on purpose. Who applied which field, and of a pod all but a dozen facts, is thrown away before it is kept.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from sys import intern
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from recado_core.log import logger
from recado_core.resources.company import Company, CompanySpec
from recado_core.resources.conditions import Condition, ConditionType, condition
from recado_core.resources.connection import WhatsAppConnection
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, PODS, Kind
from recado_kubernetes.objects import decode
from recado_operator.kubernetes.cache import Cache, Identity
from recado_operator.kubernetes.guards import GUARDS, Guards
from recado_operator.kubernetes.pods import PodView, view_pod
from recado_operator.runtime import metrics
from recado_operator.runtime.agenda import Urgency

Raw = bytes | msgspec.Raw | Mapping[str, Any]

USAGE_SECONDS = 1.0
"""After a change of its connections a company is counted, once for the many that come together."""

log = logger(__name__)


class Key(msgspec.Struct, frozen=True, gc=False):
    """What the queue works on."""

    kind: str
    """The plural."""
    uid: UUID

    def __str__(self) -> str:
        return f"{self.kind}/{self.uid}"


def view_company(raw: Raw) -> Company:
    company = decode(raw, Company)
    return replace(company, metadata=replace(company.metadata, managed_fields=[]))


def view_connection(raw: Raw) -> WhatsAppConnection:
    """Of who applied which field one name is kept: the manager's. The words of conditions, which thousands have in
    common, are kept once.
    """
    connection = decode(raw, WhatsAppConnection)
    kept = [{"manager": connection.metadata.manager, "fieldsV1": {"f:spec": None}}]
    told = [_in_common_words(one) for one in connection.status.conditions]
    return replace(
        connection,
        metadata=replace(connection.metadata, managed_fields=kept),
        status=replace(connection.status, conditions=told),
    )


def _in_common_words(told: Condition) -> Condition:
    return replace(told, type=intern(told.type), reason=intern(told.reason), message=intern(told.message))


def identify(resource: Company | WhatsAppConnection) -> Identity:
    metadata = resource.metadata
    return Identity(metadata.namespace, metadata.name, str(metadata.uid), int(metadata.resource_version or 0))


def _identify_pod(pod: PodView) -> Identity:
    return Identity(pod.namespace, pod.name, pod.uid, pod.version)


def _index_company(company: Company) -> Sequence[Hashable]:
    return [company.metadata.uid, company.status.company_id]


def _index_connection(connection: WhatsAppConnection) -> Sequence[Hashable]:
    metadata = connection.metadata
    return [metadata.uid, (metadata.namespace, connection.spec.company_ref.name)]


def _index_pod(pod: PodView) -> Sequence[Hashable]:
    """By its owner; a stranger by the connection that its label names."""
    return [(pod.namespace, pod.labelled) if pod.connection_id is None else pod.connection_id]


def _ready(connection: WhatsAppConnection) -> tuple[str, str]:
    """Status and reason of Ready; of one that nobody looked at yet `Unknown` and nothing."""
    told = condition(connection.status.conditions, ConditionType.READY)
    return (told.status, told.reason) if told else ("Unknown", "")


def _quota_used(company: Company) -> float:
    used = company.status.usage.connections if company.status.usage else 0
    return used / max(1, company.spec.quotas.connections)


def _means(company: Company) -> tuple[UUID | None, int | None, CompanySpec]:
    """What its connections depend on; how many of them are ready changes with each of them."""
    return company.metadata.uid, company.status.company_id, company.spec


class Cluster:
    """`wake` is told the keys that deserve a look, in how many seconds, and how urgently; `heard` that a watch lives;
    `doubted` that what we know of a kind should be compared with a list.
    """

    def __init__(
        self,
        wake: Callable[[Key, float | None, Urgency], None],
        heard: Callable[[Kind], None],
        doubted: Callable[[Kind], None] = lambda _: None,
    ) -> None:
        self._wake = wake
        self._heard = heard
        self._doubted = doubted
        self.companies: Cache[Company] = Cache(identify, _index_company)
        self.connections: Cache[WhatsAppConnection] = Cache(identify, _index_connection)
        self.pods: Cache[PodView] = Cache(_identify_pod, _index_pod)
        self.guards = Guards()
        self.draining: frozenset[str] = frozenset()
        """Nodes that are being emptied."""

    def drain(self, nodes: frozenset[str]) -> None:
        changed, self.draining = self.draining ^ nodes, nodes
        for pod in self.pods if changed else ():
            if pod.node in changed:
                self._wake_for(pod)

    def hear(self, kind: Kind) -> None:
        self._heard(kind)

    def doubt(self, kind: Kind) -> None:
        self._doubted(kind)

    def notice(self, kind: Kind, body: Raw, *, gone: bool) -> bool:
        """An event, or a line of a list. Answers whether it was news."""
        try:
            match kind.plural:
                case COMPANIES.plural:
                    return self._notice_company(view_company(body), gone=gone)
                case CONNECTIONS.plural:
                    return self._notice_connection(view_connection(body), gone=gone)
                case PODS.plural:
                    return self._notice_pod(view_pod(body), gone=gone)
                case _:
                    harmed = self.guards.notice(kind, body, gone=gone)
                    self._wake_kind(COMPANIES, harmed)
                    return harmed is not None
        except msgspec.ValidationError as error:  # an object from before a rule that the API server now keeps
            log.warning("an object cannot be read and is left alone", kind=kind.kind, problem=str(error))
            return False

    def company_of(self, connection: WhatsAppConnection) -> Company | None:
        return self.companies.get(connection.metadata.namespace, connection.spec.company_ref.name)

    def connections_of(self, company: Company) -> list[WhatsAppConnection]:
        return self.connections.find((company.metadata.namespace, company.metadata.name))

    def connection(self, uid: UUID) -> WhatsAppConnection | None:
        return next(iter(self.connections.find(uid)), None)

    def company(self, uid: UUID) -> Company | None:
        return next(iter(self.companies.find(uid)), None)

    def company_of_row(self, company_id: int) -> Company | None:
        """The one that was given this row."""
        return next(iter(self.companies.find(company_id)), None)

    def declared_connections(self) -> Collection[UUID]:
        return {uid for found in self.connections if (uid := found.metadata.uid)}

    def everything(self) -> Collection[Key]:
        companies = {Key(COMPANIES.plural, uid) for company in self.companies if (uid := company.metadata.uid)}
        connections = {Key(CONNECTIONS.plural, uid) for found in self.connections if (uid := found.metadata.uid)}
        pods = {Key(CONNECTIONS.plural, pod.connection_id) for pod in self.pods if pod.connection_id}
        return companies | connections | pods

    def drop_missing(self, kind: Kind, namespace: str, listed: Collection[str], version: int) -> int:
        """Forgets what a complete list of `version` did not name; answers how many there were."""
        if kind in GUARDS:
            harmed = self.guards.missing(kind, namespace, listed, version)
            for company in harmed:
                self._wake_kind(COMPANIES, company)
            return len(harmed)
        caches: dict[str, Cache[Any]] = {
            COMPANIES.plural: self.companies,
            CONNECTIONS.plural: self.connections,
            PODS.plural: self.pods,
        }
        cache = caches[kind.plural]
        missing = [
            known
            for identity, known in cache.identities(namespace)
            if identity.uid not in listed and identity.version <= version
        ]
        for known in missing:
            if isinstance(known, PodView):
                self._lose(known)
            else:
                cache.remove(known)
            self._wake_for(known)
        return len(missing)

    def measure(self) -> None:
        for kind, cache in ((COMPANIES, self.companies), (CONNECTIONS, self.connections), (PODS, self.pods)):
            metrics.CACHE_OBJECTS.labels(kind.plural).set(len(cache))
        metrics.QUOTA_USED.set(max(map(_quota_used, self.companies), default=0.0))
        told = Counter(_ready(connection) for connection in self.connections)
        metrics.CONNECTIONS.clear()
        for (status, reason), count in told.items():
            metrics.CONNECTIONS.labels(status, reason).set(count)

    def _notice_company(self, company: Company, *, gone: bool) -> bool:
        known = self.companies.get(company.metadata.namespace, company.metadata.name)
        news = self.companies.remove(company) is not None if gone else self.companies.put(company)
        if gone and company.metadata.uid is not None:
            self.guards.forget(company.metadata.uid)
        if news:
            self._wake_company(company, everybody=gone or known is None or _means(known) != _means(company))
        return news

    def _notice_connection(self, connection: WhatsAppConnection, *, gone: bool) -> bool:
        news = self.connections.remove(connection) is not None if gone else self.connections.put(connection)
        if news:
            self._wake_for(connection)
        return news

    def _notice_pod(self, pod: PodView, *, gone: bool) -> bool:
        news = self._lose(pod) if gone else self.pods.put(pod)
        if news:
            self._wake_for(pod)
        return news

    def _lose(self, pod: PodView) -> bool:
        """A pod that nobody deleted is said to be gone when it loses a label that we ask for. It stays, hidden, until a
        correction has put the label back or has found no pod. Answers whether that very pod was known.
        """
        known = self.pods.get(pod.namespace, pod.name)
        if known is None or known.uid != pod.uid:
            return False
        self.pods.remove(known)
        if not (pod.deleting or known.deleting or known.hidden) and known.running:
            # A version older than any answer, so that whatever is heard of it next is news.
            self.pods.put(replace(known, version=min(pod.version, known.version - 1), hidden=True))
        return True

    def _wake_for(self, changed: Company | WhatsAppConnection | PodView) -> None:
        if isinstance(changed, PodView):
            named = self.connections.get(changed.namespace, changed.labelled)
            self._wake_kind(CONNECTIONS, changed.connection_id or (named.metadata.uid if named else None))
        elif isinstance(changed, Company):
            self._wake_company(changed, everybody=True)
        else:
            asked = changed.metadata.generation != changed.status.observed_generation
            self._wake_kind(CONNECTIONS, changed.metadata.uid, urgency=Urgency.ASKED if asked else Urgency.TOLD)
            self.count(changed)

    def _wake_company(self, company: Company, *, everybody: bool) -> None:
        """With `everybody` its connections too, which may be thousands."""
        self._wake_kind(COMPANIES, company.metadata.uid)
        for connection in self.connections_of(company) if everybody else ():
            self._wake_kind(CONNECTIONS, connection.metadata.uid)

    def count(self, connection: WhatsAppConnection) -> None:
        """Its company says how many are ready."""
        if (company := self.company_of(connection)) is not None:
            self._wake_kind(COMPANIES, company.metadata.uid, USAGE_SECONDS)

    def _wake_kind(
        self, kind: Kind, uid: UUID | None, after: float | None = None, urgency: Urgency = Urgency.TOLD
    ) -> None:
        if uid is not None:
            self._wake(Key(kind.plural, uid), after, urgency)
