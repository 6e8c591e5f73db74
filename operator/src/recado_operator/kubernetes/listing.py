"""Lists everything and compares it with what we know: once before the work begins, then after each list of kopf's own,
and from time to time.

Without the first, a new leader would start a session for each connection whose pod its watch has not told yet. Later
ones repair what a watch may have lost: kopf tells nothing of objects that went away before one of its lists.
"""

from collections.abc import Sequence

from recado_core.log import logger
from recado_kubernetes.client import KubernetesClient
from recado_kubernetes.errors import ExpiredError
from recado_kubernetes.kinds import Kind
from recado_kubernetes.objects import Identified, decode
from recado_operator.kubernetes.cluster import Cluster
from recado_operator.kubernetes.watched import SELECTORS, WATCHED
from recado_operator.runtime import metrics

ATTEMPTS = 3

log = logger(__name__)


class Listing:
    def __init__(self, client: KubernetesClient, cluster: Cluster, namespaces: Sequence[str]) -> None:
        self._client = client
        self._cluster = cluster
        self._namespaces = namespaces

    async def compare(self) -> None:
        """What differs is taken over and its keys are woken; what no watch told to be gone is counted."""
        for namespace in self._namespaces:
            for kind in WATCHED:
                if missed := await self._patiently(kind, namespace):
                    log.warning("a watch did not tell that objects are gone", resource=kind.plural, objects=missed)
                    metrics.MISSED.labels(kind.plural).inc(missed)

    async def _patiently(self, kind: Kind, namespace: str) -> int:
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._compare(kind, namespace)
            except ExpiredError:  # the list took longer than the API server keeps its state
                continue
        return await self._compare(kind, namespace)

    async def _compare(self, kind: Kind, namespace: str) -> int:
        labels = SELECTORS.get(kind.plural, "")
        listed: set[str] = set()
        version = 0
        async for page in self._client.pages(kind, namespace, labels):
            version = int(page.metadata.resource_version or 0)
            for item in page.items:
                listed.add(decode(item, Identified).metadata.uid)
                self._cluster.notice(kind, item, gone=False)
        return self._cluster.drop_missing(kind, namespace, listed, version)
