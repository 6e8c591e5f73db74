"""Compares what was sent with what people see, and says it in one JSON line."""

import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

NUMBERED = re.compile(r"^(?P<prefix>\S+) (?P<chat>\d+) (?P<number>\d+)$")


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`lost`: sent and nowhere; `duplicated`: there more than once; `inversions`: pairs of one chat in wrong order."""

    sent: int
    present: int
    lost: int
    duplicated: int
    inversions: int

    @property
    def perfect(self) -> bool:
        return self.lost == self.duplicated == self.inversions == 0


def judge(sent: Iterable[str], seen: Iterable[Sequence[str]]) -> Verdict:
    """`sent` are numbered texts `<prefix> <chat> <n>`; `seen` holds, chat by chat, the texts in displayed order."""
    expected = set(sent)
    counted: Counter[str] = Counter()
    numbers: dict[str, list[int]] = defaultdict(list)
    for chat in seen:
        for text in chat:
            if text in expected:
                counted[text] += 1
                _, name, number = text.split(" ")
                numbers[name].append(int(number))
    return Verdict(
        sent=len(expected),
        present=len(counted),
        lost=len(expected) - len(counted),
        duplicated=sum(times - 1 for times in counted.values()),
        inversions=sum(inversions(order) for order in numbers.values()),
    )


def inversions(order: Sequence[int]) -> int:
    """Neighbours that stand in the wrong order."""
    return sum(1 for left, right in itertools.pairwise(order) if left > right)


def report(module: str, verdict: msgspec.Struct, **figures: Any) -> None:
    """Prints the figures of one fault module as one JSON line."""
    print(json.dumps({"fault": module, **msgspec.to_builtins(verdict), **figures}), flush=True)  # noqa: T201
