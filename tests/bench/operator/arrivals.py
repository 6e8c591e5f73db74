"""When each pod came to be, as a watch of its own sees it: metadata only, so that looking costs little.

Times are those of this process's clock. What the API server stamps has whole seconds.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
import msgspec
from tests.bench.operator.ground import Ground

from recado_kubernetes.access import configuration, tls_context
from recado_kubernetes.transport import authorization
from recado_operator.build.names import CONNECTION, EPOCH, SESSION_SELECTOR

METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
ADDED = b'{"type":"ADDED"'
LINE_BYTES = 2**22


class _Metadata(msgspec.Struct):
    labels: dict[str, str] = {}


class _Object(msgspec.Struct):
    metadata: _Metadata


class _Event(msgspec.Struct):
    object: _Object


class Arrivals:
    """(connection, epoch) → moment."""

    def __init__(self) -> None:
        self.seen: dict[tuple[str, int], float] = {}
        self.begun = asyncio.Event()
        self._changed = asyncio.Event()

    def note(self, line: bytes) -> None:
        if not line.startswith(ADDED):
            return
        labels = msgspec.json.decode(line, type=_Event).object.metadata.labels
        self.seen.setdefault((labels[CONNECTION], int(labels[EPOCH])), time.monotonic())
        self._changed.set()

    async def wait(self, enough: Callable[[], bool], seconds: float) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not enough():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def watched(ground: Ground) -> AsyncIterator[Arrivals]:
    arrivals = Arrivals()
    kubeconfig = ground.control.kubeconfig(ground.control.admin, ground.namespace)
    access = await configuration({"KUBECONFIG": str(kubeconfig)})
    headers = {"Accept": METADATA, **await authorization(access)}
    connector, timeout = aiohttp.TCPConnector(ssl=tls_context(access)), aiohttp.ClientTimeout(total=None)
    place = f"{ground.control.server}{ground.office.core('pods')}"
    async with aiohttp.ClientSession(
        connector=connector, headers=headers, read_bufsize=LINE_BYTES, timeout=timeout
    ) as session:
        following = asyncio.create_task(_follow(session, place, arrivals))
        await arrivals.begun.wait()
        try:
            yield arrivals
        finally:
            following.cancel()


async def _follow(session: aiohttp.ClientSession, place: str, arrivals: Arrivals) -> None:
    """Begins anew when the API server ends the watch, as it does with whoever reads too slowly."""
    while True:
        async with session.get(place, params={"watch": "true", "labelSelector": SESSION_SELECTOR}) as answer:
            answer.raise_for_status()
            arrivals.begun.set()
            async for line in answer.content:
                arrivals.note(line)
