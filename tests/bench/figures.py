"""One JSON line per figure, with the machine's noise beside it: a control that does no work of ours."""

import json
import platform
import time
from collections.abc import Callable, Sequence
from typing import Any


def percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds, nearest rank."""
    ordered = sorted(milliseconds)
    ranks = {"p50": 0.50, "p95": 0.95, "p99": 0.99}
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * rank))], 2) for name, rank in ranks.items()}


def timed(work: Callable[[], Any], times: int) -> list[float]:
    """How long each of `times` calls took, in milliseconds."""
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        durations.append((time.perf_counter() - started) * 1000)
    return durations


def emit(bench: str, **figures: Any) -> None:
    print(json.dumps({"bench": bench, "python": platform.python_version(), **figures}), flush=True)  # noqa: T201


def control() -> float:
    """Median milliseconds of a fixed piece of arithmetic: how fast this machine was during this very run."""
    return percentiles(timed(lambda: sum(number * number for number in range(100_000)), 50))["p50"]
