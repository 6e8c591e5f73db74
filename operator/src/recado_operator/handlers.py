"""The edge: kopf watches companies, connections and session pods, and hands every event on as it came.

The only module that knows kopf, and all that we use of it is `on.event`: handlers for creations, updates and deletions
are driven by differences and keep state in annotations, which is how events are lost and objects get stuck. What an
event means is found out by looking at the world when its key's turn comes.

Of the list that a watch of kopf begins with only its resourceVersion is taken: the whole of it would be kept as
dictionaries, one worker for each, until they are worked on. `kubernetes.listing` lists instead, in small structs.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Protocol

import aiohttp
import kopf
from kubernetes.aio.client import Configuration

from recado_core.clock import SystemClock
from recado_kubernetes.access import tls_context
from recado_kubernetes.kinds import Kind
from recado_kubernetes.transport import authorization
from recado_operator.kubernetes.watched import SELECTORS, WATCHED
from recado_operator.runtime import metrics
from recado_operator.runtime.ears import Ears

SERVER_SECONDS = 120
"""A watch is re-established this often, from where it stood: a sign of life in a cluster at rest."""
RESERVE_SECONDS = 5.0
SILENT_SECONDS = 70.0
"""The API server sends a bookmark each minute; a watch that brings nothing for longer is dead and opened anew."""
STALE_SECONDS = 180.0
"""For longer, a healthy watch is never silent: the process is ended and started again."""
LONGEST_BACKOFF = 13.0


class Sink(Protocol):
    def notice(self, kind: Kind, body: Mapping[str, Any], *, gone: bool) -> object: ...

    def hear(self, kind: Kind) -> None:
        """The watch of `kind` lives: it was just established, as one should be, or is about to be."""
        ...

    def doubt(self, kind: Kind) -> None:
        """The watch of `kind` follows a list: nobody tells what went away before that."""
        ...


class NoDifferences(kopf.DiffBaseStorage):
    """kopf takes every object apart for its differences, which nobody asks for: four fifths of what an event costs."""

    def build(self, *, body: kopf.Body, extra_fields: Iterable[Any] | None = None) -> kopf.BodyEssence:  # noqa: ARG002
        return kopf.BodyEssence({})

    def fetch(self, *, body: kopf.Body) -> kopf.BodyEssence | None:  # noqa: ARG002 - as above
        return None

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        """Nothing is stored."""


class NoProgress(kopf.ProgressStorage):
    """kopf looks in every object for how far its handlers have come; one of `on.event` is never half-way."""

    def fetch(self, **_: Any) -> None:
        return None

    def store(self, **_: Any) -> None:
        """Nothing is stored."""

    def purge(self, **_: Any) -> None:
        """There is nothing to remove."""

    def touch(self, **_: Any) -> None:
        """There is nothing to wake."""

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        return essence


class EndlessBackoff:
    """1, 1, 2, 3, 5, 8, 13, 13 … seconds, each a little longer or shorter: kopf gives up after a list that ends."""

    def __iter__(self) -> Iterator[float]:
        one, other = 1.0, 1.0
        while True:
            yield one * random.uniform(0.8, 1.2)  # noqa: S311 - spreads, guards nothing
            one, other = min(other, LONGEST_BACKOFF), one + other


class _Answer(aiohttp.ClientResponse):
    """Of a list nothing but where it stands."""

    async def json(self, **options: Any) -> Any:
        answer = await super().json(**options)
        if "limit" not in self.url.query:
            return answer
        return {"metadata": {"resourceVersion": answer.get("metadata", {}).get("resourceVersion")}, "items": []}


def watch_settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.peering.standalone = True
    settings.posting.enabled = False
    settings.scanning.disabled = True
    settings.process.ultimate_exiting_timeout = 25
    settings.watching.server_timeout = SERVER_SECONDS
    settings.watching.client_timeout = SERVER_SECONDS + 30
    settings.watching.connect_timeout = 10
    settings.watching.reconnect_backoff = 1
    settings.watching.inactivity_timeout = SILENT_SECONDS
    settings.watching.chunk_size = 1  # see `_Answer`
    settings.watching.label_selectors.update(SELECTORS)
    settings.networking.request_timeout = 15
    settings.networking.connect_timeout = 5
    settings.networking.error_backoffs = EndlessBackoff()
    settings.networking.enforce_retry_after = True
    settings.queueing.worker_limit = None
    settings.queueing.idle_timeout = 0.1  # a worker that waits keeps its last object, some 50 KiB of dictionaries
    settings.queueing.exit_timeout = 2
    settings.queueing.error_delays = (1, 2, 5, 10, 30, 60)
    settings.persistence.diffbase_storage = NoDifferences()
    settings.persistence.progress_storage = NoProgress()
    settings.execution.max_workers = 1  # nothing of ours is synchronous
    return settings


def watch_registry(sink: Sink, configuration: Configuration) -> kopf.OperatorRegistry:
    registry = kopf.OperatorRegistry()
    for kind in WATCHED:
        _register(registry, sink, kind)

    @kopf.on.login(registry=registry)
    async def login(**_: Any) -> kopf.AiohttpSession:
        headers = await authorization(configuration)
        return kopf.AiohttpSession(server=configuration.host, aiohttp_session=_session(sink, configuration, headers))

    @kopf.on.startup(registry=registry)
    async def startup(**_: Any) -> None:
        for kind in WATCHED:
            sink.hear(kind)

    return registry


def _register(registry: kopf.OperatorRegistry, sink: Sink, kind: Kind) -> None:
    group, _, version = kind.api_version.rpartition("/")

    @kopf.on.event(group, version, kind.plural, registry=registry, id=kind.plural)
    async def noticed(event: Mapping[str, Any], **_: Any) -> None:
        metrics.WATCH_EVENTS.labels(kind.plural, event["type"]).inc()
        sink.notice(kind, event["object"], gone=event["type"] == "DELETED")


def _session(sink: Sink, configuration: Configuration, headers: Mapping[str, str]) -> aiohttp.ClientSession:
    trace, ears = aiohttp.TraceConfig(), Ears(SystemClock(), SERVER_SECONDS - RESERVE_SECONDS)

    async def answered(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
        url = params.url
        kind = next((known for known in WATCHED if url.name == known.plural), None)
        if kind is None or not params.response.ok:
            return
        if url.query.get("watch") != "true":
            ears.listed(url.path)
            return
        if ears.opened(url.path, url.query.get("resourceVersion", "")):
            sink.hear(kind)
        if ears.has_gap(url.path):
            sink.doubt(kind)

    trace.on_request_end.append(answered)
    connector = aiohttp.TCPConnector(limit=0, ssl=tls_context(configuration))
    return aiohttp.ClientSession(
        connector=connector, headers=dict(headers), trace_configs=[trace], response_class=_Answer
    )


async def watch(sink: Sink, configuration: Configuration, namespaces: Sequence[str]) -> None:
    """Watches until it is cancelled. Raises what ends it before."""
    await kopf.operator(
        registry=watch_registry(sink, configuration),
        settings=watch_settings(),
        namespaces=list(namespaces),
        standalone=True,
    )
