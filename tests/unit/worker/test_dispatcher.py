"""Bells, looks and jobs: no ring is lost, nothing runs twice at once, and without SAQ it goes on."""

import asyncio
from uuid import uuid4

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from recado_worker.dispatcher import LOOKS_BEFORE_HELP, Dispatcher, Door
from recado_worker.projection import ROUNDS, ROWS

DOOR: Door = (1, uuid4())


class Bench:
    """An inbox that counts rows, and a SAQ that keeps keys."""

    def __init__(self) -> None:
        self.rows = 0
        self.batches = 0
        self.at_once = 0
        self.most_at_once = 0
        self.keys: list[Door] = []
        self.redis_is_away = False
        self.database_is_away = False
        self.dispatcher = Dispatcher(self.batch, self)

    async def batch(self, *door: object) -> int:
        assert door == DOOR
        if self.database_is_away:
            raise OSError("away")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        took = min(self.rows, ROWS)
        await asyncio.sleep(0)
        self.rows -= took
        self.batches += 1
        self.at_once -= 1
        return took

    async def enqueue(self, door: Door) -> bool:
        if self.redis_is_away:
            raise RedisConnectionError("away")
        if door in self.keys:
            return False
        self.keys.append(door)
        return True

    async def release(self, door: Door) -> None:
        if self.redis_is_away:
            raise RedisConnectionError("away")
        self.keys.remove(door)

    async def run_job(self) -> None:
        """What SAQ does with the oldest job: the key is free before the hook `end` is called."""
        door = self.keys[0]
        if not self.dispatcher.begin(door):
            self.keys.remove(door)
            return
        try:
            await self.dispatcher.project(door)
        finally:
            self.keys.remove(door)
            await self.dispatcher.end(door)


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_bell_becomes_one_job(bench: Bench) -> None:
    bench.rows = 3
    await bench.dispatcher.heard(DOOR)
    await bench.dispatcher.heard(DOOR)
    assert bench.keys == [DOOR]
    await bench.run_job()
    assert bench.rows == 0
    assert not bench.keys


async def test_a_bell_while_the_job_ends_is_not_lost(bench: Bench) -> None:
    """The classic lost wake-up: the inbox was found empty, the key is not free yet."""
    await bench.dispatcher.heard(DOOR)
    assert bench.dispatcher.begin(DOOR)
    await bench.dispatcher.project(DOOR)
    bench.rows = 1
    await bench.dispatcher.heard(DOOR)
    assert bench.keys == [DOOR], "SAQ would have refused it"
    bench.keys.clear()
    await bench.dispatcher.end(DOOR)
    assert bench.keys == [DOOR]


async def test_a_bell_during_a_batch_makes_it_look_again(bench: Bench) -> None:
    bench.rows = 1
    assert bench.dispatcher.begin(DOOR)
    running = asyncio.create_task(bench.dispatcher.project(DOOR))
    await asyncio.sleep(0)
    await bench.dispatcher.heard(DOOR)
    await running
    assert bench.batches == 2
    await bench.dispatcher.end(DOOR)
    assert not bench.keys


async def test_a_busy_connection_lets_others_have_their_turn(bench: Bench) -> None:
    bench.rows = ROWS * (ROUNDS + 1)
    await bench.dispatcher.heard(DOOR)
    await bench.run_job()
    assert bench.rows == ROWS
    assert bench.keys == [DOOR], "at the tail of the queue"


async def test_without_redis_it_projects_here(bench: Bench) -> None:
    bench.redis_is_away = True
    bench.rows = 5
    await bench.dispatcher.looked([DOOR])
    await bench.dispatcher.finish()
    assert bench.rows == 0


async def test_a_key_that_a_dead_worker_left_does_not_bar_for_long(bench: Bench) -> None:
    bench.keys.append(DOOR)
    bench.rows = 5
    for _ in range(LOOKS_BEFORE_HELP):
        await bench.dispatcher.looked([DOOR])
        await bench.dispatcher.finish()
        assert bench.rows == 5, "SAQ gets its chance"
    await bench.dispatcher.looked([DOOR])
    await bench.dispatcher.finish()
    assert bench.rows == 0
    assert not bench.keys, "the next bell is heard through SAQ again"


async def test_never_twice_at_once(bench: Bench) -> None:
    bench.rows = ROWS * 3
    await bench.dispatcher.heard(DOOR)
    job = asyncio.create_task(bench.run_job())
    await asyncio.sleep(0)
    for _ in range(LOOKS_BEFORE_HELP + 2):
        await bench.dispatcher.looked([DOOR])
    await job
    await bench.dispatcher.finish()
    assert bench.most_at_once == 1
    assert bench.rows == 0


async def test_a_failure_is_tried_again_at_the_next_look(bench: Bench) -> None:
    bench.redis_is_away = bench.database_is_away = True
    bench.rows = 1
    await bench.dispatcher.looked([DOOR])
    await bench.dispatcher.finish()
    bench.database_is_away = False
    await bench.dispatcher.looked([DOOR])
    await bench.dispatcher.finish()
    assert bench.rows == 0


async def test_a_job_that_redis_hands_out_twice_makes_the_first_look_again(bench: Bench) -> None:
    bench.rows = 1
    bench.keys = [DOOR, DOOR]  # it forgot the first
    first = asyncio.create_task(bench.run_job())
    await asyncio.sleep(0)
    bench.rows += 1
    await bench.run_job()
    await first
    assert bench.most_at_once == 1
    assert bench.rows == 0


async def test_many_bells_without_redis_are_one_run_here(bench: Bench) -> None:
    bench.redis_is_away = True
    bench.rows = 1
    for _ in range(3):
        await bench.dispatcher.heard(DOOR)
    await bench.dispatcher.finish()
    assert (bench.rows, bench.batches) == (0, 1)


async def test_a_run_here_leaves_the_connection_to_a_job_that_was_faster(bench: Bench) -> None:
    bench.redis_is_away = True
    bench.rows = 1
    await bench.dispatcher.heard(DOOR)
    bench.redis_is_away = False
    bench.keys = [DOOR]
    await bench.run_job()
    await bench.dispatcher.finish()
    assert bench.most_at_once == 1
    assert bench.rows == 0
