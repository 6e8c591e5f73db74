"""What all operators of all tests asked the API server for, added up: to be held against the Role at the end."""

from collections.abc import Iterable

import httpx
from tests.cluster.fault_proxy.calls import Call, Permission
from tests.cluster.operator import rights

WRITES = frozenset({"create", "update", "patch", "delete", "deletecollection"})


class Ledger:
    def __init__(self) -> None:
        self.used: set[Permission] = set()
        self.refused: set[Permission] = set()

    def note(self, calls: Iterable[Call]) -> None:
        for call in calls:
            if not by_operator(call) or not call.resource:
                continue
            if call.status == httpx.codes.FORBIDDEN and not _refused_for_what_it_says(call):
                self.refused.add(call.permission)
            elif call.status:
                self.used |= _needed(call)


def by_operator(call: Call) -> bool:
    return call.caller.endswith(f":{rights.ACCOUNT}")


def writes(calls: Iterable[Call]) -> list[Call]:
    """Of operators, but for the lease: that is renewed by whoever leads."""
    return [call for call in calls if by_operator(call) and call.verb in WRITES and call.resource != "leases"]


def _refused_for_what_it_says(call: Call) -> bool:
    """A 403 of admission (a quota, a missing priority class), not of RBAC: the pod is refused, not the account."""
    return call.permission == Permission("create", "", "pods")


def _needed(call: Call) -> set[Permission]:
    """An apply that makes what was not there needs the right to create it too."""
    made = call.verb == "patch" and call.status == httpx.codes.CREATED
    return {call.permission, *([call.permission._replace(verb="create")] if made else [])}
