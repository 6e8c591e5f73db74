"""Many connections at once, beside the control: a loop that creates the same Secrets and pods and does nothing else."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from tests.bench.figures import control, emit, percentiles
from tests.bench.operator.arrivals import Arrivals, watched
from tests.bench.operator.ground import GOVERNOR, Ground
from tests.bench.operator.load import IN_FLIGHT, apply_all, create_bare
from tests.bench.operator.usage import Usage, cpu_seconds, rss_mib, wait_quiet
from tests.cluster.operator.operators import Operator

PATIENCE = 900.0
BAR = {"per_second": 25, "of_control": 0.9, "writes_per_resource": 3, "rss_mib": 160}
"""Per second, or of the control: one of the two."""


def names(count: int, prefix: str = "burst") -> list[str]:
    return [f"{prefix}-{number}" for number in range(count)]


async def bare(ground: Ground, count: int) -> float:
    """Resources a second that the control makes."""
    async with await ground.client() as client, watched(ground) as arrivals:
        began = time.monotonic()
        await create_bare(client, ground, names(count))
        await arrivals.wait(lambda: len(arrivals.seen) >= count, PATIENCE)
        per_second = count / (max(arrivals.seen.values()) - began)
    emit("operator_burst_control", resources=count, in_flight=IN_FLIGHT, per_second=round(per_second, 1))
    return per_second


async def burst(ground: Ground, operator: Operator, count: int, bare_per_second: float) -> None:
    before, all_before = Usage.now(operator), cpu_seconds()
    async with await ground.client() as client, watched(ground) as arrivals:
        began = time.monotonic()
        sent = await apply_all(client, ground, names(count))
        applied = time.monotonic() - began
        await arrivals.wait(lambda: len(arrivals.seen) >= count, PATIENCE)
    seconds = max(arrivals.seen.values()) - began
    quiet = await asyncio.to_thread(wait_quiet, operator) - began
    per_second, all_used = count / seconds, cpu_seconds()
    emit(
        "operator_burst",
        resources=count,
        governor=GOVERNOR,
        per_second=round(per_second, 1),
        of_control=round(per_second / bare_per_second, 2),
        seconds={"applied": round(applied, 1), "pods": round(seconds, 1), "quiet": round(quiet, 1)},
        milliseconds=latencies(sent, arrivals),
        **Usage.now(operator).since(before).figures(count),
        cpu_seconds={name: round(used - all_before.get(name, 0.0), 1) for name, used in all_used.items() if used >= 1},
        rss_mib=rss_mib(operator),
        bar=BAR,
        control_ms=control(),
    )


def latencies(sent: Mapping[str, float], arrivals: Arrivals) -> dict[str, Any]:
    """From the sending of a connection until its first pod exists."""
    return percentiles([(arrivals.seen[name, 1] - at) * 1000 for name, at in sent.items()])
