"""What an operator has used and written so far: processor time and memory from /proc, writes from its own metrics."""

import contextlib
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, Self

import psutil
from msgspec import Struct
from tests.cluster.operator.operators import Operator

WRITES = frozenset({"post", "put", "patch", "delete"})
APART = frozenset({"leases", "events"})
"""Neither grows with the work: one lease every two seconds, at most ten events a second."""
QUIET_SECONDS = 3.0
LOOK_SECONDS = 0.5
"""Each look makes the operator write all its metrics, which it should not be measured by."""

_REQUEST = re.compile(r'^recado_api_requests_total\{code="2\d\d",resource="(\w+)",verb="(\w+)"\} (\S+)$', re.MULTILINE)


class Usage(Struct, frozen=True):
    at: float
    cpu: float
    """Seconds."""
    writes: Counter[str]
    """By `verb resource`."""

    @classmethod
    def now(cls, operator: Operator) -> Self:
        times = psutil.Process(operator.pid).cpu_times()
        found = _REQUEST.findall(operator.page("metrics").text)
        writes = Counter({f"{verb} {resource}": int(float(count)) for resource, verb, count in found if verb in WRITES})
        return cls(time.monotonic(), times.user + times.system, writes)

    def since(self, before: Self) -> Self:
        return type(self)(self.at - before.at, self.cpu - before.cpu, self.writes - before.writes)

    def figures(self, resources: int) -> dict[str, Any]:
        """Per resource, by what was written; leases and events stand apart."""
        per = {name: round(count / resources, 3) for name, count in sorted(self.writes.items())}
        ours = {name: count for name, count in per.items() if name.split()[1] not in APART}
        return {
            "writes_per_resource": round(sum(ours.values()), 2),
            "writes": ours,
            "events_per_resource": round(sum(count for name, count in per.items() if name.endswith(" events")), 3),
            "cpu_ms_per_resource": round(self.cpu * 1000 / resources, 2),
        }


def cpu_seconds() -> dict[str, float]:
    """What every program of this bench has used, itself included: who keeps the two cores busy."""
    used: defaultdict[str, float] = defaultdict(float)
    for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times, name = process.cpu_times(), process.name()
            used[name] += times.user + times.system + times.children_user + times.children_system
    return used


def rss_mib(operator: Operator) -> float:
    return round(psutil.Process(operator.pid).memory_info().rss / 2**20, 1)


def looks(operator: Operator) -> float:
    return operator.metric("recado_reconcile_total")


def posted_events(operator: Operator) -> float:
    """At ten a second they take longer than the work that they tell of."""
    return Usage.now(operator).writes["post events"]


def wait_quiet(operator: Operator, counted: Callable[[Operator], float] = looks, seconds: float = 300.0) -> float:
    """Returns when `counted` stood still for three seconds; answers the moment at which that began."""
    seen, since = -1.0, time.monotonic()
    deadline = since + seconds
    while time.monotonic() - since < QUIET_SECONDS:
        assert time.monotonic() < deadline, f"the operator still works after {seconds:.0f} s"
        done = counted(operator)
        if done != seen:
            seen, since = done, time.monotonic()
        time.sleep(LOOK_SECONDS)  # looking costs the operator something too
    return since
