"""The listener of Prometheus, over real HTTP."""

import socket
from http.client import HTTPConnection

import msgspec
import pytest
from prometheus_client import CollectorRegistry, Counter

from recado_core.errors import ConfigurationError
from recado_core.metrics import listening
from recado_core.settings import ObservabilitySettings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def scrape(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_metrics_are_scraped_while_the_block_runs() -> None:
    registry = CollectorRegistry()
    Counter("recado_bread", "Loaves.", registry=registry).inc(3)
    with listening(ObservabilitySettings(metrics_port=free_port()), registry) as port:
        assert "recado_bread_total 3.0" in scrape(port)
    with pytest.raises(ConnectionRefusedError):
        scrape(port)


def test_zero_switches_it_off() -> None:
    with listening(ObservabilitySettings()) as port:
        assert port == 0


def test_a_taken_port_names_the_setting() -> None:
    settings = ObservabilitySettings(metrics_port=free_port())
    with (
        listening(settings, CollectorRegistry()),
        pytest.raises(ConfigurationError, match="RECADO_METRICS_PORT"),
        listening(msgspec.structs.replace(settings), CollectorRegistry()),
    ):
        pass
