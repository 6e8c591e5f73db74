"""Runs before `helm uninstall`: refuses while resources exist, since the operator that could end them would be gone.

With --force it takes the finalizers off instead, so that namespaces can be deleted: sessions end, devices stay linked.
"""

import sys

import cluster

KINDS = ("whatsappconnections", "companies")
SHOWN = 10


def main(arguments: list[str]) -> int:
    force = "--force" in arguments
    namespaces = [argument for argument in arguments if not argument.startswith("--")]
    found = [item for namespace in namespaces for kind in KINDS for item in existing(namespace, kind)]
    if force:
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


def release(namespace: str, kind: str, name: str) -> None:
    patch = {"metadata": {"finalizers": None}}
    cluster.ask("PATCH", cluster.resources(namespace, kind, name), patch, "application/merge-patch+json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
