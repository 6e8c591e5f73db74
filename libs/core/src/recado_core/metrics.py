"""Prometheus on its own port, so that metrics are never reachable through the port that the world sees.

Each process declares its metrics at module level with `prometheus_client` and opens this listener once. One process
has one registry: no multi-process directory, replicas are told apart by their pod.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, start_http_server

from recado_core.errors import ConfigurationError
from recado_core.settings import ObservabilitySettings


@contextmanager
def listening(settings: ObservabilitySettings, registry: CollectorRegistry = REGISTRY) -> Iterator[int]:
    """Answers GET /metrics from a thread of its own while the block runs; yields the port, 0 when switched off."""
    if not settings.metrics_port:
        yield 0
        return
    try:
        server, thread = start_http_server(settings.metrics_port, addr=settings.metrics_host, registry=registry)
    except OSError as error:
        address = f"{settings.metrics_host}:{settings.metrics_port}"
        raise ConfigurationError(
            f"Metrics cannot listen on {address}: {error.strerror}. Set RECADO_METRICS_PORT to a free port, or to 0"
        ) from error
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
