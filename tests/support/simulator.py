"""The tests' hand on the simulated WhatsApp network: its control API and its ledger, the judge of fault modules."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx


class SimulatorClient:
    def __init__(self, phones_url: str) -> None:
        self._http = httpx.Client(base_url=phones_url, timeout=30)

    def close(self) -> None:
        self._http.close()

    def state(self) -> dict[str, Any]:
        return self._get("/control/state")

    def link(self, qr: str, account: str | None = None) -> dict[str, Any]:
        return self._post("/control/link", {"qr": qr} | ({"account": account} if account else {}))

    def add_account(self, phone: str, name: str) -> None:
        """A further owner's phone."""
        self._post("/control/accounts", {"phone": phone, "name": name})

    def devices(self, account: str) -> list[dict[str, Any]]:
        """What the owner's phone shows under Linked devices."""
        return next(one["devices"] for one in self.state()["accounts"] if one["phone"] == account)

    def add_customer(self, phone: str, name: str) -> None:
        self._post("/control/customers", {"phone": phone, "name": name})

    def write(self, customer: str, text: str) -> None:
        self._post("/control/messages", {"customer": customer, "text": text})

    def write_content(self, customer: str, **content: Any) -> None:
        self._post("/control/messages", {"customer": customer, **content})

    def burst(self, *, customers: int, messages: int, rate: float, prefix: str) -> dict[str, Any]:
        """Starts `messages` texts from `customers` phones at `rate` per second; each text is `<prefix> <chat> <n>`."""
        load = {"customers": customers, "messages": messages, "rate": rate, "prefix": prefix}
        return self._post("/control/burst", load)

    def owner_writes(self, customer: str, text: str) -> None:
        self._post("/control/owner/messages", {"customer": customer, "text": text})

    def set_phone(self, phone: str, **switches: bool) -> None:
        self._post(f"/control/phones/{phone}", switches)

    def fault(self, kind: str, **details: Any) -> None:
        self._post("/control/faults", {"kind": kind, **details})

    def ledger(self, *kinds: str) -> list[dict[str, Any]]:
        """All entries of these kinds, oldest first."""
        return [entry for entry in self._all_entries() if not kinds or entry["kind"] in kinds]

    def _all_entries(self) -> Iterator[dict[str, Any]]:
        after = 0
        while entries := (page := self._get(f"/control/ledger?after={after}"))["entries"]:
            yield from entries
            after = page["next"]

    def _get(self, path: str) -> dict[str, Any]:
        return self._answer(self._http.get(path))

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._answer(self._http.post(path, json=body))

    @staticmethod
    def _answer(response: httpx.Response) -> dict[str, Any]:
        assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
        return response.json() if response.content else {}


def wait_until(what: str, condition: Callable[[], Any], seconds: float = 30.0, pause: float = 0.1) -> Any:
    """Polls another process until `condition` is truthy; its value is returned. Fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"Still not so after {seconds} s: {what}"
        time.sleep(pause)
    return value
