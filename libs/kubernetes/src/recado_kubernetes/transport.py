"""One request to the API server and its answer. Tokens, TLS and the pool of connections are the official client's."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio.client import Configuration
from kubernetes.aio.client.rest import RESTClientObject
from msgspec import Struct

from recado_kubernetes import metrics
from recado_kubernetes.errors import ThrottledError, UnreachableError, error_of

REQUEST_SECONDS = 15.0
CONNECT_SECONDS = 5.0
JSON = "application/json"


class Request(Struct, frozen=True, kw_only=True):
    verb: str
    resource: str
    """The plural, for the metrics."""
    path: str
    query: Mapping[str, str] = {}
    body: Any = None
    content_type: str = JSON


class Transport:
    """`patience`: for how many seconds in all one request obeys "try again in n seconds"."""

    def __init__(self, configuration: Configuration, patience: float) -> None:
        self.configuration = configuration
        self._patience = patience
        self._rest: Any = RESTClientObject(configuration)

    async def close(self) -> None:
        await self._rest.close()

    async def send(self, request: Request) -> bytes:
        """The body of the answer. Raises KubernetesError."""
        waited = 0.0
        while True:
            try:
                return await self._once(request)
            except ThrottledError as error:
                waited += error.retry_after
                if waited > self._patience:
                    raise
                await asyncio.sleep(error.retry_after)

    async def _once(self, request: Request) -> bytes:
        code = "none"
        try:
            status, retry_after, data = await self._exchange(request)
            code = str(status)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise UnreachableError(f"The Kubernetes API cannot be reached: {error!r}") from error
        finally:
            metrics.REQUESTS.labels(request.verb.lower(), request.resource, code).inc()
        if status >= HTTPStatus.BAD_REQUEST:
            raise error_of(status, data, retry_after)
        return data

    async def _exchange(self, request: Request) -> tuple[int, str | None, bytes]:
        query = f"?{urlencode(request.query)}" if request.query else ""
        headers = {"Accept": JSON, "Content-Type": request.content_type, **await authorization(self.configuration)}
        answer = await self._rest.request(
            request.verb,
            f"{self.configuration.host}{request.path}{query}",
            headers=headers,
            body=request.body,
            _request_timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS),
        )
        return answer.status, answer.headers.get("Retry-After"), await answer.read()


async def authorization(configuration: Configuration) -> dict[str, str]:
    """The headers that say who we are, with a token that is still good."""
    settings: Any = await configuration.auth_settings()
    return {setting["key"]: setting["value"] for setting in settings.values()}
