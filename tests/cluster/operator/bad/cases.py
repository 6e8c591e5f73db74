"""How a bad resource is written down: what somebody applies, and what becomes of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

Spec = Mapping[str, Any]
NOTHING: Spec = MappingProxyType({})


class Refused(NamedTuple):
    """By the API server, with a message that holds this."""

    message: str


class Answered(NamedTuple):
    """Taken, and answered with a condition."""

    condition: str
    status: str
    reason: str


class Unknown(NamedTuple):
    """There is no such field: refused where fields are validated (kubectl does), dropped where they are not."""

    field: str


class Harmless(NamedTuple):
    """Taken, and without any effect but a session like every other."""


Fate = Refused | Answered | Unknown | Harmless


class Case(NamedTuple):
    """`spec` and `metadata` are merged into what a plain resource has; a None takes a field away.

    With `before` that spec is taken first, and then changed by `spec`.
    """

    title: str
    fate: Fate
    spec: Spec = NOTHING
    metadata: Spec = NOTHING
    before: Spec | None = None
    kind: str = "WhatsAppConnection"
    name: str | None = None
    whole: Spec = NOTHING
    """Merged into the whole manifest."""


def company(title: str, fate: Fate, spec: Spec, **more: Any) -> Case:
    return Case(title, fate, spec, kind="Company", **more)


def not_accepted(reason: str) -> Answered:
    return Answered("Accepted", "False", reason)


def merged(base: Spec, change: Spec) -> dict[str, Any]:
    """A JSON merge patch (RFC 7396)."""
    result = dict(base)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            before = result.get(key)
            result[key] = merged(before if isinstance(before, Mapping) else {}, value)
        else:
            result[key] = value
    return result
