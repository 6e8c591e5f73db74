"""The operator of a cluster: bursts beside a bare create loop, steady arrival, rest, restart, killed pods.

`python -m tests.bench.operator [burst COUNT | steady]…`; without arguments all of it, some fifteen minutes.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.bench.operator.beats import beating, link
from tests.bench.operator.burst import bare, burst, names
from tests.bench.operator.ground import Ground, databases, ground
from tests.bench.operator.rest import heal, idle, restart
from tests.bench.operator.steady import steady
from tests.cluster.operator.operators import Operator

from recado_local.embedded.postgres import EmbeddedPostgres
from recado_local.embedded.redis import EmbeddedRedis

SMALL, LARGE = 1000, 5000
RATES, STEADY_SECONDS = (10, 20), 60
ALL = ["steady", "burst", str(SMALL), "burst", str(LARGE)]


def main(arguments: list[str]) -> None:
    wanted = iter(arguments or ALL)
    for what in wanted:
        count = 0 if what == "steady" else int(next(wanted))
        with databases() as (postgres, redis):  # of its own: PostgreSQL's roles are those of all databases
            if what == "steady":
                _steady(postgres, redis)
            else:
                _burst(postgres, redis, count)


def _steady(postgres: EmbeddedPostgres, redis: EmbeddedRedis) -> None:
    with ground(postgres, redis) as place, _leading(place) as operator:
        asyncio.run(_arrive(place, operator))


async def _arrive(place: Ground, operator: Operator) -> None:
    async with beating(place):
        for rate in RATES:
            await steady(place, operator, rate, STEADY_SECONDS)


def _burst(postgres: EmbeddedPostgres, redis: EmbeddedRedis, count: int) -> None:
    with ground(postgres, redis) as place:
        per_second = asyncio.run(bare(place, count))
    with ground(postgres, redis) as place, _leading(place) as operator:
        asyncio.run(_come_and_stand(place, operator, count, per_second))


async def _come_and_stand(place: Ground, operator: Operator, count: int, bare_per_second: float) -> None:
    async with beating(place):
        await burst(place, operator, count, bare_per_second)
        await link(place)
        await idle(operator, count)
        await restart(operator, count)
        await heal(place, operator, names(count))


@contextmanager
def _leading(place: Ground) -> Iterator[Operator]:
    with place.hire() as operator:
        operator.wait_ready()
        place.open_company()
        yield operator


if __name__ == "__main__":
    main(sys.argv[1:])
