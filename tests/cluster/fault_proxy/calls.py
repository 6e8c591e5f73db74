"""What a request to the API server is in the words of RBAC: verb, group, resource, by whom. Pure."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
ON_COLLECTION = {"get": "list", "delete": "deletecollection"}
UNKNOWN = "unknown"


class Permission(NamedTuple):
    """As in a rule of a Role; `resource` carries the subresource (`pods/eviction`)."""

    verb: str
    group: str
    resource: str


class Call(NamedTuple):
    """One request. `status` is the answer's, 0 when there was none; `resource` is empty for paths like /version."""

    caller: str
    verb: str
    group: str
    resource: str
    namespace: str
    name: str
    path: str
    status: int = 0

    @property
    def permission(self) -> Permission:
        return Permission(self.verb, self.group, self.resource)

    @property
    def watch(self) -> bool:
        return self.verb == "watch"


def describe(method: str, target: str, caller: str) -> Call:
    """`target` is path and query. As the API server's RequestInfo decides it."""
    url = urlsplit(target)
    parts = [part for part in url.path.split("/") if part]
    group, rest = _group(parts)
    verb = VERBS.get(method, method.lower())
    if not rest:
        return Call(caller, verb, "", "", "", "", url.path)
    namespace, resource, name, subresource = _place(rest)
    if not name:
        watching = parse_qs(url.query).get("watch", ["false"])[0] in {"true", "1"}
        verb = "watch" if verb == "get" and watching else ON_COLLECTION.get(verb, verb)
    return Call(
        caller, verb, group, f"{resource}/{subresource}" if subresource else resource, namespace, name, url.path
    )


def _group(parts: list[str]) -> tuple[str, list[str]]:
    match parts:
        case ["api", _, *rest]:
            return "", rest
        case ["apis", group, _, *rest]:
            return group, rest
        case _:
            return "", []


def _place(rest: list[str]) -> tuple[str, str, str, str]:
    """Namespace, resource, name and subresource; a namespace itself is a resource within itself."""
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in {"status", "finalize"}:
        namespace, rest = rest[1], rest[2:]
    elif rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
    resource, name, subresource, *_ = [*rest, "", ""]
    return namespace, resource, name, subresource


def caller_of(headers: Mapping[str, str], users: Mapping[str, str]) -> str:
    """The user behind a bearer token: one of `users` (by token), or the subject of a ServiceAccount token.

    The signature is not looked at: the API server does that, this is a name for a record.
    """
    token = headers.get("Authorization", "").removeprefix("Bearer ")
    if token in users:
        return users[token]
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return UNKNOWN
