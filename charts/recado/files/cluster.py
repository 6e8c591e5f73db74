"""The few calls to the API server that the chart's own jobs need, with nothing but Python itself."""

import json
import ssl
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
SERVER = "https://kubernetes.default.svc"
GROUP = "/apis/recado.dev/v1alpha1"
MERGE = "application/merge-patch+json"
ATTEMPTS = 15
"""While the API server is busy, or has only just learned of our definitions, it says 429 and for how long."""


def resources(namespace: str, plural: str, name: str = "") -> str:
    return f"{GROUP}/namespaces/{namespace}/{plural}" + (f"/{name}" if name else "")


def ask(method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
    """The answer, decoded; None for what does not exist. Ends the process with the words of a refusal."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _ask_once(method, path, body, kind)
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            if error.code != HTTPStatus.TOO_MANY_REQUESTS or attempt == ATTEMPTS:
                told = error.read().decode(errors="replace")[:1000]
                sys.exit(f"The API server refuses {method} {path}: {told}")
            time.sleep(float(error.headers.get("Retry-After", "1")))
    raise AssertionError


def _ask_once(method: str, path: str, body: Any, kind: str) -> Any:
    token = (ACCOUNT / "token").read_text()
    request = urllib.request.Request(
        SERVER + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": kind, "Accept": "application/json"},
        method=method,
    )
    trust = ssl.create_default_context(cafile=str(ACCOUNT / "ca.crt"))
    with urllib.request.urlopen(request, timeout=15, context=trust) as answer:
        return json.loads(answer.read())
