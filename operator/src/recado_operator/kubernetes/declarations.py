"""Companies and connections in the cluster: read from what we know, written with JSON patches, which test what must
still be so. A status takes the place of the last one: nobody else writes it, and an apply, which finds out what is
whose, costs the API server more.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from recado_core.resources.company import Company, CompanyStatus
from recado_core.resources.conditions import Condition, ConditionType, condition
from recado_core.resources.connection import WhatsAppConnection, WhatsAppConnectionStatus
from recado_core.resources.metadata import FINALIZER
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import AbsentError
from recado_kubernetes.kinds import COMPANIES, CONNECTIONS, Kind
from recado_kubernetes.objects import Identified, decode
from recado_operator.conditions.refining import RESTRICTIONS
from recado_operator.kubernetes.cluster import Cluster, view_company, view_connection
from recado_operator.runtime import metrics
from recado_operator.runtime.events import EventRecorder, Happening, Subject
from recado_operator.world import ObservedSession

for _reason in RESTRICTIONS:  # from 0: whoever asks for an increase does not see a first value
    metrics.RESTRICTIONS.labels(_reason.value)


class KubernetesDeclarations:
    finalizers = True

    def __init__(self, client: KubernetesClient, cluster: Cluster, recorder: EventRecorder) -> None:
        self._client = client
        self._cluster = cluster
        self._recorder = recorder

    async def keys(self) -> Collection[UUID]:
        return {key.uid for key in self._cluster.everything() if key.kind == CONNECTIONS.plural}

    async def get(self, connection_id: UUID) -> WhatsAppConnection | None:
        return self._cluster.connection(connection_id)

    async def company_keys(self) -> Collection[UUID]:
        return {key.uid for key in self._cluster.everything() if key.kind == COMPANIES.plural}

    async def company(self, uid: UUID) -> Company | None:
        return self._cluster.company(uid)

    async def companies(self) -> Sequence[Company]:
        return list(self._cluster.companies)

    async def company_of(self, resource: WhatsAppConnection) -> Company | None:
        return self._cluster.company_of(resource)

    async def vanished(self, seen: ObservedSession) -> bool:
        """The API server itself is asked: what we know may be late."""
        company = self._cluster.company_of_row(seen.company_id)
        if company is None:
            return False
        found = await self._client.named(CONNECTIONS, company.metadata.namespace, seen.name)
        return found is None or decode(found, Identified).metadata.uid != str(seen.connection_id)

    async def write_status(self, resource: Company | WhatsAppConnection) -> None:
        """Of a resource that is gone by now: nothing. Raises InvalidError when another one has its name by now."""
        kind = COMPANIES if isinstance(resource, Company) else CONNECTIONS
        before = self._last_ready(resource)  # asked now: a watch may tell of the write sooner than its answer does
        try:
            answer = await self._put(resource, "uid", "/status", _told(resource.status), "status")
        except AbsentError:
            return
        metrics.STATUS_WRITES.labels(kind.plural).inc()
        self._take_over(resource, answer)
        if isinstance(resource, WhatsAppConnection) and _status_of(before) != _status_of(_ready(resource)):
            self._cluster.count(resource)
        self._tell(kind, resource, before)

    async def hold(self, resource: Company | WhatsAppConnection, *, held: bool) -> None:
        """A test in the patch makes sure that nobody changed the list meanwhile; then it is looked at again. Raises
        AbsentError when there is nothing to hold any more.
        """
        metadata = resource.metadata
        if (FINALIZER in metadata.finalizers) == held:
            return
        wanted = [*metadata.finalizers, FINALIZER] if held else [one for one in metadata.finalizers if one != FINALIZER]
        try:
            answer = await self._put(resource, "resourceVersion", "/metadata/finalizers", wanted)
        except AbsentError:
            if held:  # it went unnoticed: nothing more may be done for it
                self._forget(resource)
                raise
            return
        self._take_over(resource, answer)

    async def _put(
        self, resource: Company | WhatsAppConnection, unchanged: str, path: str, value: Any, subresource: str = ""
    ) -> bytes:
        """Only while what the metadata call `unchanged` is so."""
        kind = COMPANIES if isinstance(resource, Company) else CONNECTIONS
        metadata = resource.metadata
        known = {"uid": str(metadata.uid), "resourceVersion": metadata.resource_version}
        operations = [
            {"op": "test", "path": f"/metadata/{unchanged}", "value": known[unchanged]},
            {"op": "add", "path": path, "value": value},
        ]
        return await self._client.patch(kind, metadata.namespace, metadata.name, operations, subresource)

    def _take_over(self, resource: Company | WhatsAppConnection, answer: bytes) -> None:
        """Knows the answer from now on."""
        if isinstance(resource, Company):
            self._cluster.companies.refresh(view_company(answer))
        else:
            self._cluster.connections.refresh(view_connection(answer))

    def _forget(self, resource: Company | WhatsAppConnection) -> None:
        if isinstance(resource, Company):
            self._cluster.companies.remove(resource)
        else:
            self._cluster.connections.remove(resource)

    def _last_ready(self, resource: Company | WhatsAppConnection) -> Condition | None:
        place = (resource.metadata.namespace, resource.metadata.name)
        known = self._cluster.companies if isinstance(resource, Company) else self._cluster.connections
        return _ready(known.get(*place))

    def _tell(self, kind: Kind, resource: Company | WhatsAppConnection, before: Condition | None) -> None:
        now = _ready(resource)
        if now is None or (before and before.reason == now.reason):
            return
        metrics.TRANSITIONS.labels(before.reason if before else "", now.reason).inc()
        if isinstance(resource, WhatsAppConnection):
            self._measure(resource, before, now)
        stalled = condition(resource.status.conditions, ConditionType.STALLED) is not None
        metadata = resource.metadata
        subject = Subject(kind=kind, namespace=metadata.namespace, name=metadata.name, uid=str(metadata.uid))
        self._recorder.record(
            Happening(subject=subject, type="Warning" if stalled else "Normal", reason=now.reason, note=now.message)
        )

    def _measure(self, resource: WhatsAppConnection, before: Condition | None, now: Condition) -> None:
        if now.reason in RESTRICTIONS:
            metrics.RESTRICTIONS.labels(now.reason).inc()
        became_ready = _status_of(before) != "True" and now.status == "True"
        if became_ready and (before is None or before.reason not in RESTRICTIONS):
            self._measure_start(resource, before, now)

    def _measure_start(self, resource: WhatsAppConnection, before: Condition | None, now: Condition) -> None:
        session, paired = resource.status.session, condition(resource.status.conditions, ConditionType.PAIRED)
        pod = self._cluster.pods.get(resource.metadata.namespace, session.pod_name or "") if session else None
        if pod is not None and pod.created is not None:
            since = max([pod.created, *(told.last_transition_time for told in (before, paired) if told)])
            metrics.TIME_TO_READY.observe(max(0.0, (now.last_transition_time - since).total_seconds()))


def _told(status: CompanyStatus | WhatsAppConnectionStatus) -> dict[str, Any]:
    """Without what has its default, but for the state of pairing, which people look for."""
    told: dict[str, Any] = msgspec.to_builtins(status)
    if isinstance(status, WhatsAppConnectionStatus) and status.pairing is not None:
        told["pairing"]["state"] = status.pairing.state
    return told


def _status_of(told: Condition | None) -> str:
    return told.status if told else ""


def _ready(resource: Company | WhatsAppConnection | None) -> Condition | None:
    return None if resource is None else condition(resource.status.conditions, ConditionType.READY)
