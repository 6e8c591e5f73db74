"""Kubernetes events: one for each transition that people see in `kubectl describe`, never one for each look.

They are a courtesy. Writing them holds nothing up: they wait in a short line, and when too many come at once the
oldest wait in vain and are counted. Conditions and metrics tell the same truth.
"""

import asyncio
from collections import deque
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from recado_core.clock import Clock
from recado_core.ids import new_id
from recado_core.log import logger
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import KubernetesError
from recado_kubernetes.kinds import EVENTS, Kind
from recado_operator.runtime import metrics
from recado_operator.runtime.bucket import TokenBucket

CONTROLLER = "recado.dev/operator"
PER_SECOND, BURST = 10.0, 50
LINE = 500
LONGEST_NOTE = 1000

log = logger(__name__)


class Subject(Struct, frozen=True, kw_only=True):
    """What an event is about."""

    kind: Kind
    namespace: str
    name: str
    uid: str

    def reference(self) -> dict[str, str]:
        kind = self.kind
        return {
            "apiVersion": kind.api_version,
            "kind": kind.kind,
            "namespace": self.namespace,
            "name": self.name,
            "uid": self.uid,
        }


class Happening(Struct, frozen=True, kw_only=True):
    subject: Subject
    type: Literal["Normal", "Warning"]
    reason: str
    note: str
    action: str = "Reconcile"


def build_event(happening: Happening, now: datetime, instance: str) -> dict[str, Any]:
    subject = happening.subject
    return {
        "apiVersion": EVENTS.api_version,
        "kind": EVENTS.kind,
        "metadata": {"name": f"{subject.name}.{new_id().hex}", "namespace": subject.namespace},
        "eventTime": now.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "reportingController": CONTROLLER,
        "reportingInstance": instance,
        "regarding": subject.reference(),
        "type": happening.type,
        "reason": happening.reason,
        "action": happening.action,
        "note": happening.note[:LONGEST_NOTE],
    }


class EventRecorder:
    def __init__(self, client: KubernetesClient, clock: Clock, instance: str) -> None:
        self._client = client
        self._clock = clock
        self._instance = instance
        self._bucket = TokenBucket(clock, PER_SECOND, BURST)
        self._line: deque[dict[str, Any]] = deque()
        self._added = asyncio.Event()

    def record(self, happening: Happening) -> None:
        if len(self._line) >= LINE:
            self._line.popleft()
            metrics.EVENTS_DROPPED.inc()
        self._line.append(build_event(happening, self._clock.now(), self._instance))
        self._added.set()

    async def run(self) -> None:
        """Never returns."""
        while True:
            while self._line:
                await self._bucket.take()
                await self._write(self._line.popleft())
            self._added.clear()
            await self._added.wait()

    async def _write(self, event: dict[str, Any]) -> None:
        try:
            await self._client.create(EVENTS, event["metadata"]["namespace"], event)
        except KubernetesError as error:
            metrics.EVENTS_DROPPED.inc()
            log.info("event not written", reason=event["reason"], problem=error.detail)
