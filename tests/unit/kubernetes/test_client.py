"""The client against a server on loopback that answers as told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from kubernetes.aio.client import Configuration

from recado_kubernetes.client import APPLY, KubernetesClient
from recado_kubernetes.errors import ConflictError, ThrottledError, UnreachableError
from recado_kubernetes.kinds import CONNECTIONS, PODS
from recado_kubernetes.objects import ObjectMeta


class Server:
    def __init__(self) -> None:
        self.answers: list[tuple[int, Any, dict[str, str]]] = []
        self.heard: list[tuple[str, str, str, Any]] = []
        self.url = ""

    def then(self, status: int, body: Any = None, **headers: str) -> None:
        self.answers.append((status, body or {}, {name.replace("_", "-"): value for name, value in headers.items()}))

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        self.heard.append((request.method, request.path_qs, request.headers["Content-Type"], body))
        status, answer, headers = self.answers.pop(0)
        return web.json_response(answer, status=status, headers=headers)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    made, application = Server(), web.Application()
    application.router.add_route("*", "/{path:.*}", made.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[KubernetesClient]:
    configuration = Configuration(host=server.url, api_key={"BearerToken": "Bearer secret"})
    async with KubernetesClient(configuration, "tests", patience=0.02) as client:
        yield client


async def test_nothing_is_none_and_something_is_decoded(server: Server, client: KubernetesClient) -> None:
    server.then(404)
    server.then(200, {"name": "a", "resourceVersion": "7"})
    assert await client.get(PODS, "acme", "a", ObjectMeta) is None
    found = await client.get(PODS, "acme", "a", ObjectMeta)
    assert found is not None
    assert found.version == 7
    assert server.heard[0][1] == "/api/v1/namespaces/acme/pods/a"


async def test_a_list_comes_in_pages(server: Server, client: KubernetesClient) -> None:
    server.then(200, {"metadata": {"continue": "next"}, "items": [{"name": "a"}]})
    server.then(200, {"metadata": {}, "items": [{"name": "b"}]})
    assert [bytes(item) async for item in client.items(CONNECTIONS, "acme", "app=x")] == [
        b'{"name": "a"}',
        b'{"name": "b"}',
    ]
    path = "/apis/recado.dev/v1alpha1/namespaces/acme/whatsappconnections?limit=500&labelSelector=app%3Dx"
    assert [heard[1] for heard in server.heard] == [path, f"{path}&continue=next"]


async def test_applying_is_a_patch_under_our_name(server: Server, client: KubernetesClient) -> None:
    server.then(200)
    await client.apply(CONNECTIONS, "acme", {"metadata": {"name": "a"}, "status": {}}, "status")
    method, path, content_type, body = server.heard[0]
    assert (method, content_type, body["status"]) == ("PATCH", APPLY, {})
    assert path.endswith("/whatsappconnections/a/status?fieldManager=tests&force=true")


async def test_a_json_patch_is_a_list(server: Server, client: KubernetesClient) -> None:
    server.then(200)
    await client.patch(PODS, "acme", "a", [{"op": "test", "path": "/a", "value": 1}])
    assert server.heard[0][2:] == ("application/json-patch+json", [{"op": "test", "path": "/a", "value": 1}])


async def test_deleting_names_whom_it_means_and_of_nothing_succeeds(server: Server, client: KubernetesClient) -> None:
    server.then(404)
    await client.delete(PODS, "acme", "a", 5, "uid-1")
    assert server.heard[0][3] == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "gracePeriodSeconds": 5,
        "preconditions": {"uid": "uid-1"},
    }
    server.then(409)
    with pytest.raises(ConflictError):
        await client.delete(PODS, "acme", "a", uid="uid-1")


async def test_a_short_wait_that_is_asked_for_is_waited_and_a_long_one_is_told(
    server: Server, client: KubernetesClient
) -> None:
    server.then(429, Retry_After="0.01")
    server.then(201)
    await client.create(PODS, "acme", {})
    assert len(server.heard) == 2
    server.then(429, Retry_After="60")
    with pytest.raises(ThrottledError) as told:
        await client.create(PODS, "acme", {})
    assert told.value.retry_after == 60.0


async def test_a_server_that_is_gone_is_unreachable() -> None:
    async with KubernetesClient(Configuration(host="http://127.0.0.1:1"), "tests") as client:
        with pytest.raises(UnreachableError):
            await client.create(PODS, "acme", {})


async def test_the_published_schemas_of_a_group_are_read(server: Server, client: KubernetesClient) -> None:
    server.then(200, {"components": {"schemas": {"dev.recado.v1alpha1.Company": {"type": "object"}}}})
    assert await client.schemas("recado.dev/v1alpha1") == {"dev.recado.v1alpha1.Company": {"type": "object"}}
    assert server.heard[0][1] == "/openapi/v3/apis/recado.dev/v1alpha1"
