"""Hashes of what a pod was made from, kept on the pod: what differs tells what a correction costs.

The template hash covers what only another pod can change. Only what a session would notice goes in: adding a field
here without need makes every session of every installation outdated at its next upgrade, so a golden test pins the
hash of a fixed blueprint. The image is not in it; it is compared itself, and changed in place.
"""

import hashlib
import json
from typing import Any

from recado_operator.build.blueprint import Blueprint

ENVIRONMENT_VERSION = 1
"""Grows when a session that runs with an older environment must be replaced."""
LENGTH = 16


def template_hash(blueprint: Blueprint) -> str:
    return _digest(
        {
            "environment": ENVIRONMENT_VERSION,
            "settings": blueprint.settings_secret,
            "proxy": list(blueprint.proxy_secret) if blueprint.proxy_secret else None,
            "nodeSelector": dict(blueprint.node_selector),
            "tolerations": [dict(toleration) for toleration in blueprint.tolerations],
            "priorityClass": blueprint.priority_class,
        }
    )


def resources_hash(blueprint: Blueprint) -> str:
    return _digest({name: dict(values) for name, values in blueprint.resources.items()})


def marks_hash(blueprint: Blueprint) -> str:
    return _digest([dict(blueprint.labels), dict(blueprint.annotations), blueprint.evictable])


def _digest(meant: Any) -> str:
    canonical = json.dumps(meant, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:LENGTH]
