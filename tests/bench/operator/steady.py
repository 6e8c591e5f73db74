"""Connections at a steady pace, each applied whether or not the earlier ones have their pods."""

import asyncio

from tests.bench.figures import control, emit
from tests.bench.operator.arrivals import watched
from tests.bench.operator.burst import PATIENCE, latencies, names
from tests.bench.operator.ground import GOVERNOR, Ground
from tests.bench.operator.load import apply_steadily
from tests.bench.operator.usage import Usage, wait_quiet
from tests.cluster.operator.operators import Operator

BARS = {10: {"p99": 1000}}


async def steady(ground: Ground, operator: Operator, per_second: int, seconds: int) -> None:
    count, before = per_second * seconds, Usage.now(operator)
    async with await ground.client() as client, watched(ground) as arrivals:
        sent = await apply_steadily(client, ground, names(count, f"steady{per_second}"), per_second)
        await arrivals.wait(lambda: all((name, 1) in arrivals.seen for name in sent), PATIENCE)
    await asyncio.to_thread(wait_quiet, operator)
    emit(
        "operator_steady",
        per_second=per_second,
        seconds=seconds,
        governor=GOVERNOR,
        milliseconds=latencies(sent, arrivals),
        **Usage.now(operator).since(before).figures(count),
        **({"bar": BARS[per_second]} if per_second in BARS else {}),
        control_ms=control(),
    )
