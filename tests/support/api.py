"""A person's view of Recado over HTTP, as a small client for tests that judge from outside."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

UNAVAILABLE_SECONDS = 20.0


class RecadoClient:
    """Signed in as one user; signs in again when the access token is refused (faults outlive ten minutes)."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30)
        self._credentials = {"email": email, "password": password}
        self.token = ""

    def close(self) -> None:
        self._http.close()

    def sign_in(self) -> None:
        response = self._patiently("POST", "/auth/sign-in", json=self._credentials)
        assert response.is_success, response.text
        self.token = response.json()["accessToken"]

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = options.pop("headers", {})
        if self.token:
            headers = {**headers, "Authorization": f"Bearer {self.token}"}
        return self._http.request(method, f"/api{path}", headers=headers, **options)

    def call(self, method: str, path: str, **options: Any) -> Any:
        response = self._patiently(method, path, **options)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self.sign_in()
            response = self._patiently(method, path, **options)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    def _patiently(self, method: str, path: str, **options: Any) -> httpx.Response:
        """As a browser does: "not now" is asked again for a while, everything else is an answer."""
        deadline = time.monotonic() + UNAVAILABLE_SECONDS
        while True:
            response = self.request(method, path, **options)
            if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                return response
            time.sleep(0.2)

    def create_connection(self, display_name: str, **more: str) -> dict[str, Any]:
        wanted = {"displayName": display_name, **more}
        connection: dict[str, Any] = self.call("POST", "/connections", json=wanted)
        return connection

    def pairing(self, connection_id: str) -> dict[str, Any]:
        pairing: dict[str, Any] = self.call("GET", f"/connections/{connection_id}/pairing")
        return pairing

    def connection(self, connection_id: str) -> dict[str, Any]:
        connection: dict[str, Any] = self.call("GET", f"/connections/{connection_id}")
        return connection

    def tickets(self, **filters: str) -> Iterator[dict[str, Any]]:
        after: str | None = None
        while True:
            query = {**filters, "limit": "100"} | ({"after": after} if after else {})
            page = self.call("GET", "/tickets", params=query)
            yield from page["items"]
            if not (after := page["next"]):
                return

    def messages(self, ticket_id: str) -> Iterator[dict[str, Any]]:
        """All messages of a ticket in the order in which people see them."""
        after = 0
        while True:
            page = self.call("GET", f"/tickets/{ticket_id}/messages", params={"after": str(after), "limit": "100"})
            yield from page["items"]
            if not page["hasAfter"] or not page["items"]:
                return
            after = page["items"][-1]["seq"]

    def send(self, ticket_id: str, text: str, key: str | None = None) -> dict[str, Any]:
        headers = {"Idempotency-Key": key or str(uuid4())}
        answer: dict[str, Any] = self.call(
            "POST", f"/tickets/{ticket_id}/messages", json={"text": text}, headers=headers
        )
        return answer
