"""The three pages, over real HTTP on loopback."""

import httpx
import pytest

from recado_core.errors import ConfigurationError
from recado_operator.runtime.health import HealthServer


async def test_tells_what_is_wrong_and_what_is_counted() -> None:
    wrong: list[str] = []
    server = HealthServer(alive=lambda: wrong, ready=lambda: ["the cache is not filled"], measure=lambda: None)
    async with (
        server.listening("127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        assert (await client.get("/livez")).status_code == 200
        ready = await client.get("/readyz")
        assert (ready.status_code, ready.text) == (503, "the cache is not filled\n")
        wrong.append("watch pods: silent for 200 s")
        assert (await client.get("/livez")).text == "watch pods: silent for 200 s\n"
        assert "workqueue_depth" in (await client.get("/metrics")).text


async def test_a_taken_port_is_told() -> None:
    server = HealthServer(alive=list, ready=list, measure=lambda: None)
    async with server.listening("127.0.0.1", 0) as port:
        with pytest.raises(ConfigurationError, match="RECADO_METRICS_PORT"):
            async with server.listening("127.0.0.1", port):
                pass
