"""Workers over the agenda: serial by key, later and later after failures."""

import asyncio
from collections import Counter

import pytest

from recado_core.clock import SystemClock
from recado_kubernetes.errors import ThrottledError
from recado_operator.runtime.queue import WorkQueue, retry_after


async def worked(queue: "WorkQueue[str]") -> None:
    """Lets the queue work until it has nothing more to do now."""
    async with asyncio.timeout(5.0):
        running = asyncio.create_task(queue.run())
        await queue.drain()
        running.cancel()
        await asyncio.wait([running])


async def test_a_key_is_worked_on_by_one_worker_at_a_time() -> None:
    active, most, looks = Counter[str](), Counter[str](), Counter[str]()

    async def work(key: str) -> None:
        active[key] += 1
        looks[key] += 1
        most[key] = max(most[key], active[key])
        if looks[key] < 5:
            queue.add(key)  # an event comes while it is worked on
        await asyncio.sleep(0)
        active[key] -= 1

    queue: WorkQueue[str] = WorkQueue(SystemClock(), work, workers=8)
    for key in "abcabcabc":
        queue.add(key)
    await worked(queue)
    assert most == {"a": 1, "b": 1, "c": 1}
    assert looks == {"a": 5, "b": 5, "c": 5}


async def test_one_that_fails_does_not_hold_up_the_others_and_is_tried_again() -> None:
    looks: list[str] = []

    async def work(key: str) -> None:
        looks.append(key)
        if looks.count("bad") < 3 and key == "bad":
            raise ThrottledError("slowly", 0.0)

    queue: WorkQueue[str] = WorkQueue(SystemClock(), work, workers=1)
    for key in ("bad", "good"):
        queue.add(key)
    running = asyncio.create_task(queue.run())
    async with asyncio.timeout(5.0):
        while looks.count("bad") < 3:
            await queue.drain()
            await asyncio.sleep(0)
    running.cancel()
    assert looks[:2] == ["bad", "good"]


async def test_time_alone_brings_a_key_back() -> None:
    looks: list[str] = []
    thrice = asyncio.Event()

    async def work(key: str) -> float | None:
        looks.append(key)
        if len(looks) < 3:
            return 0.001
        thrice.set()
        return None

    queue: WorkQueue[str] = WorkQueue(SystemClock(), work, workers=2)
    queue.add("a")
    running = asyncio.create_task(queue.run())
    async with asyncio.timeout(5.0):
        await thrice.wait()
    running.cancel()


@pytest.mark.parametrize(
    ("failures", "error", "seconds"),
    [
        (1, ValueError(), 0.2),
        (3, ValueError(), 0.8),
        (50, ValueError(), 60.0),
        (1, ThrottledError("slowly", 7.0), 7.0),
    ],
)
def test_failures_wait_longer_and_longer(failures: int, error: Exception, seconds: float) -> None:
    assert retry_after(failures, error) == pytest.approx(seconds)
