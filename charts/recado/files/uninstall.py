"""Runs before `helm uninstall`: refuses while resources exist, since the operator that could end them would be gone.

With --force it takes the finalizers off instead, so that namespaces can be deleted. First the operator must be gone:
while it runs, it puts them back at once.
"""

import os
import sys
import time
from typing import Any
from urllib.parse import quote

import cluster

KINDS = ("whatsappconnections", "companies")
SHOWN = 10
GONE_SECONDS = 90.0
"""Longer than an operator may take to end, shorter than the job may take."""


def main(arguments: list[str]) -> int:
    force = "--force" in arguments
    namespaces = [argument for argument in arguments if not argument.startswith("--")]
    found = [item for namespace in namespaces for kind in KINDS for item in existing(namespace, kind)]
    if force:
        stop_operator(os.environ["RECADO_NAMESPACE"], os.environ["RECADO_OPERATOR"])
        for namespace, kind, name in found:
            release(namespace, kind, name)
        print(f"{len(found)} resources are no longer held by the operator.")
        return 0
    if not found:
        return 0
    shown = ", ".join(f"{kind}/{name} in {namespace}" for namespace, kind, name in found[:SHOWN])
    print(
        f"{len(found)} resources exist: {shown}. Delete them (kubectl delete wac,co --all -n NAMESPACE), then "
        "uninstall again. To leave them as they are: helm rollback to the present revision (Helm upgrades nothing that "
        "it began to uninstall), helm upgrade with uninstall.force=true, helm uninstall.",
        file=sys.stderr,
    )
    return 1


def existing(namespace: str, kind: str) -> list[tuple[str, str, str]]:
    listed = cluster.ask("GET", cluster.resources(namespace, kind)) or {"items": []}
    return [(namespace, kind, item["metadata"]["name"]) for item in listed["items"]]


def stop_operator(namespace: str, deployment: str) -> None:
    """Answers when no pod of it is left; ends the process when one stays."""
    place = f"/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}/scale"
    scale = cluster.ask("PATCH", place, {"spec": {"replicas": 0}}, cluster.MERGE)
    if scale is None:
        return
    selector = scale["status"]["selector"]
    began = time.monotonic()
    while left := pods(namespace, selector):
        if time.monotonic() - began > GONE_SECONDS:
            sys.exit(
                f"The operator does not end, and would hold every resource again: {', '.join(left)}. Delete them "
                f"(kubectl delete pod -n {namespace} -l {selector} --force), then uninstall again."
            )
        time.sleep(0.5)  # between two looks at its pods: a watch would need another right


def pods(namespace: str, selector: str) -> list[str]:
    listed: Any = cluster.ask("GET", f"/api/v1/namespaces/{namespace}/pods?labelSelector={quote(selector)}")
    return [item["metadata"]["name"] for item in listed["items"]]


def release(namespace: str, kind: str, name: str) -> None:
    patch = {"metadata": {"finalizers": None}}
    cluster.ask("PATCH", cluster.resources(namespace, kind, name), patch, cluster.MERGE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
