"""`helm test`: declares a company and a connection, reads the QR code through the API, lets a simulated phone scan it,
waits until the connection is Ready, and removes what it made: nothing may stand in the way of what people declare next.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any

import cluster

API = os.environ["RECADO_API"]
SIMULATOR = os.environ["RECADO_SIMULATOR"]
NAMESPACE = os.environ["RECADO_NAMESPACE"]
TIMEOUT = float(os.environ["RECADO_TIMEOUT_SECONDS"])
VERSION = "recado.dev/v1alpha1"
OWN_COMPANY = "helm-test"


def main() -> int:
    step("the API answers", lambda: ask(f"{API}/api/health/ready"))
    token = step("the first administrator signs in", sign_in)
    company = ask(f"{API}/api/bootstrap", token=token)["company"]
    owner = step("there is a company", lambda: company_resource(int(company["id"]), company["name"]))
    try:
        link(token, owner)
    finally:
        if owner == OWN_COMPANY:
            cluster.ask("DELETE", cluster.resources(NAMESPACE, "companies", owner))
    if owner == OWN_COMPANY:
        step("the company is as it was", lambda: gone("companies", owner))
    return 0


def link(token: str, owner: str) -> None:
    name = f"helm-test-{uuid.uuid4().hex[:8]}"
    spec = {"companyRef": {"name": owner}, "displayName": "helm test", "deletionPolicy": "Logout"}
    declare("whatsappconnections", "WhatsAppConnection", name, spec)
    try:
        step("its session shows a QR code", lambda: scan(token, name))
        step("the connection is Ready", lambda: ready(name))
    finally:
        cluster.ask("DELETE", cluster.resources(NAMESPACE, "whatsappconnections", name))
    step("the connection is gone", lambda: gone("whatsappconnections", name))


def step(what: str, attempt: Callable[[], Any]) -> Any:
    """Repeats `attempt` until it answers something, and says so."""
    began, problem = time.monotonic(), ""
    while time.monotonic() - began < TIMEOUT:
        try:
            if found := attempt():
                print(f"ok: {what} ({time.monotonic() - began:.1f} s)", flush=True)
                return found
        except (OSError, urllib.error.URLError) as error:
            problem = f": {error}"
        time.sleep(0.5)
    sys.exit(f"FAILED: not within {TIMEOUT:.0f} s: {what}{problem}. Look at `kubectl describe wac,co -n {NAMESPACE}`")


def ask(url: str, body: Any = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, None if body is None else json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.loads(answer.read())


def sign_in() -> str:
    body = {"email": os.environ["RECADO_EMAIL"], "password": os.environ["RECADO_PASSWORD"]}
    return str(ask(f"{API}/api/auth/sign-in", body)["accessToken"])


def company_resource(company_id: int, name: str) -> str:
    """The name of the resource that stands for the company; made when there is none."""
    for item in cluster.ask("GET", cluster.resources(NAMESPACE, "companies"))["items"]:
        if company_id in {item["spec"].get("companyID"), item.get("status", {}).get("companyID")}:
            return str(item["metadata"]["name"])
    declare("companies", "Company", OWN_COMPANY, {"displayName": name, "companyID": company_id})
    return OWN_COMPANY


def declare(plural: str, kind: str, name: str, spec: dict[str, Any]) -> None:
    body = {"apiVersion": VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}
    cluster.ask("POST", cluster.resources(NAMESPACE, plural), body)


def scan(token: str, name: str) -> bool:
    """True once a phone of the simulator has scanned what the inbox would show."""
    listed = ask(f"{API}/api/connections", token=token)["items"]
    for connection in [one for one in listed if one["name"] == name]:
        pairing = ask(f"{API}/api/connections/{connection['id']}/pairing", token=token)
        if pairing["qr"]:
            ask(f"{SIMULATOR}/control/link", {"qr": pairing["qr"]["text"]})
            return True
    return False


def ready(name: str) -> bool:
    found = cluster.ask("GET", cluster.resources(NAMESPACE, "whatsappconnections", name))
    conditions = found.get("status", {}).get("conditions", [])
    return any(condition["type"] == "Ready" and condition["status"] == "True" for condition in conditions)


def gone(plural: str, name: str) -> bool:
    return cluster.ask("GET", cluster.resources(NAMESPACE, plural, name)) is None


if __name__ == "__main__":
    sys.exit(main())
