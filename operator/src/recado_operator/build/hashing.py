"""The template hash: two pods with the same hash need not be replaced by one another.

Only what a session would notice goes in. Adding a field here, or to the pod without need, makes every session of every
installation outdated at its next upgrade; a golden test pins the hash of a fixed blueprint for that reason.
"""

import hashlib
import json

from recado_operator.build.blueprint import Blueprint

ENVIRONMENT_VERSION = 1
"""Grows when a session that runs with an older environment must be replaced."""
LENGTH = 16


def template_hash(blueprint: Blueprint) -> str:
    meant = {
        "environment": ENVIRONMENT_VERSION,
        "image": blueprint.image,
        "settings": blueprint.settings_secret,
        "proxy": list(blueprint.proxy_secret) if blueprint.proxy_secret else None,
        "resources": {name: dict(values) for name, values in blueprint.resources.items()},
        "nodeSelector": dict(blueprint.node_selector),
        "tolerations": [dict(toleration) for toleration in blueprint.tolerations],
        "priorityClass": blueprint.priority_class,
    }
    canonical = json.dumps(meant, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:LENGTH]
