"""A small client of the Kubernetes API for tests: paths and plain objects, no generated code, errors with their reason.

The operator under test uses `kubernetes.aio`; tests look at the same world through another pair of eyes.
"""

import json
import ssl
from collections.abc import Iterator
from typing import Any, Self

import httpx
from tests.cluster.kubeconfigs import Access

Object = dict[str, Any]
TIMEOUT_SECONDS = 120.0
"""The API server deletes a collection one by one before it answers."""
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
JSON = "application/json"


class ApiRefusalError(Exception):
    """The API server said no: `status` is HTTP's, `reason` is Kubernetes' word for it (`Forbidden`, `Conflict` …)."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status, self.reason, self.message = status, reason, message


class KubernetesClient:
    """Use as a context manager, or call `close`."""

    def __init__(self, access: Access) -> None:
        self._http = httpx.Client(
            base_url=access.server,
            headers={"authorization": f"Bearer {access.token}"},
            verify=ssl.create_default_context(cafile=access.authority),
            timeout=TIMEOUT_SECONDS,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **query: str) -> Object:
        return self._call("GET", path, query=query)

    def items(self, path: str, **query: str) -> list[Object]:
        found: list[Object] = self.get(path, **query)["items"]
        return found

    def create(self, path: str, manifest: Object, **query: str) -> Object:
        """`path` is that of the collection."""
        return self._call("POST", path, body=manifest, query=query)

    def replace(self, path: str, manifest: Object) -> Object:
        return self._call("PUT", path, body=manifest)

    def merge(self, path: str, change: Object) -> Object:
        """A JSON merge patch."""
        return self._call("PATCH", path, body=change, kind=MERGE_PATCH)

    def apply(self, path: str, manifest: Object, manager: str = "tests") -> Object:
        """Server-side apply; `path` is that of the object."""
        return self._call("PATCH", path, body=manifest, kind=APPLY_PATCH, query={"fieldManager": manager})

    def delete(self, path: str, **query: str) -> Object:
        return self._call("DELETE", path, query=query)

    def absent(self, path: str) -> bool:
        try:
            self.get(path)
        except ApiRefusalError as refusal:
            if refusal.status == httpx.codes.NOT_FOUND:
                return True
            raise
        return False

    def watch(self, path: str, version: str, seconds: int) -> Iterator[Object]:
        """Events after `version`, in their order, for so many seconds."""
        query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": str(seconds)}
        with self._http.stream("GET", path, params=query) as answer:
            if answer.is_error:
                answer.read()
                raise _refusal(answer)
            for line in answer.iter_lines():
                yield json.loads(line)

    def served(self, path: str) -> bool:
        """Whether a collection can be read; that of a new definition says 404, then 429, before it can."""
        try:
            self.get(path)
        except ApiRefusalError as refusal:
            if refusal.status in {httpx.codes.NOT_FOUND, httpx.codes.TOO_MANY_REQUESTS}:
                return False
            raise
        return True

    def ready(self) -> bool:
        """Whether the API server answers and calls itself ready."""
        try:
            return self._http.get("/readyz", timeout=2).is_success
        except httpx.HTTPError:
            return False

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Object | None = None,
        kind: str = JSON,
        query: dict[str, str] | None = None,
    ) -> Object:
        answer = self._http.request(method, path, json=body, headers={"content-type": kind}, params=query)
        if answer.is_error:
            raise _refusal(answer)
        found: Object = answer.json()
        return found


def _refusal(answer: httpx.Response) -> ApiRefusalError:
    said = answer.json() if answer.headers.get("content-type") == JSON else {}
    return ApiRefusalError(answer.status_code, said.get("reason", ""), said.get("message", answer.text))
