"""A fleet that stands: what the operator costs while nothing happens, how a new one takes over, how it heals."""

import asyncio
import random
import time

from tests.bench.figures import control, emit, percentiles
from tests.bench.operator.arrivals import watched
from tests.bench.operator.burst import PATIENCE
from tests.bench.operator.ground import Ground
from tests.bench.operator.load import side_by_side
from tests.bench.operator.usage import Usage, posted_events, rss_mib, wait_quiet
from tests.cluster.operator.operators import Operator

from recado_kubernetes.kinds import PODS
from recado_operator.build.names import session_name
from recado_operator.leader import SURVEY_SECONDS

SETTLE_SECONDS = SURVEY_SECONDS * 1.5
IDLE_SECONDS = 60
KILLED = 200


async def idle(operator: Operator, resources: int) -> None:
    """Once every survey has told what there was to tell."""
    await asyncio.sleep(SETTLE_SECONDS)
    await asyncio.to_thread(wait_quiet, operator)
    await asyncio.to_thread(wait_quiet, operator, posted_events)
    before = Usage.now(operator)
    await asyncio.sleep(IDLE_SECONDS)
    used = Usage.now(operator).since(before)
    emit(
        "operator_idle",
        resources=resources,
        seconds=round(used.at, 1),
        cpu_percent=round(used.cpu / used.at * 100, 2),
        status_writes=sum(count for name, count in used.writes.items() if name.startswith("patch ")),
        writes=dict(used.writes),
        rss_mib=rss_mib(operator),
        bar={"cpu_percent": 1, "status_writes": 0, "rss_mib": 160},
        control_ms=control(),
    )


async def restart(operator: Operator, resources: int) -> None:
    """SIGTERM to the only operator and a new process: from its start until it has nothing more to do."""
    await asyncio.to_thread(operator.stop)
    began = time.monotonic()
    operator.start()
    await asyncio.to_thread(operator.wait_ready)
    listed = time.monotonic() - began
    quiet = await asyncio.to_thread(wait_quiet, operator) - began
    used = Usage.now(operator)
    emit(
        "operator_restart",
        resources=resources,
        seconds={"listed": round(listed, 1), "quiet": round(quiet, 1)},
        cpu_seconds=round(used.cpu, 1),
        writes=dict(used.writes),
        rss_mib=rss_mib(operator),
        bar={"quiet": 20, "rss_mib": 160},
        control_ms=control(),
    )


async def heal(ground: Ground, operator: Operator, resources: list[str]) -> None:
    """Pods deleted by force: from the request until the pod of the next epoch exists."""
    killed = random.Random(1).sample(resources, KILLED)  # noqa: S311 - the same ones each time
    sent: dict[str, float] = {}
    async with await ground.client() as client, watched(ground) as arrivals:
        # Those that are there come first, and telling of thousands costs the API server seconds.
        await arrivals.wait(lambda: len(arrivals.seen) >= len(resources), PATIENCE)

        async def kill(name: str) -> None:
            sent[name] = time.monotonic()
            await client.delete(PODS, ground.namespace, session_name(name, 1), grace=0)

        await side_by_side(killed, kill)
        await arrivals.wait(lambda: all((name, 2) in arrivals.seen for name in killed), PATIENCE)
    await asyncio.to_thread(wait_quiet, operator)
    emit(
        "operator_heal",
        resources=len(resources),
        killed=KILLED,
        seconds=round(max(arrivals.seen[name, 2] for name in killed) - min(sent.values()), 1),
        milliseconds=percentiles([(arrivals.seen[name, 2] - at) * 1000 for name, at in sent.items()]),
        control_ms=control(),
    )
