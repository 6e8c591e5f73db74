"""Makes conditions from explanations. A condition keeps its time while its status stays; times that are computed anew
at each look keep their first value, or a status would change without any news.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from recado_core.resources.conditions import Condition, ConditionStatus, ConditionType, Reason, condition

LONGEST_MESSAGE = 1024
STEADY = timedelta(seconds=15)


class Explanation(Struct, frozen=True):
    reason: Reason
    message: str
    """Says what to do next, or that there is nothing to do."""
    stalled: Reason | None = None
    """Why nothing will change until somebody acts."""


class Writer:
    """Writes the conditions of one resource."""

    def __init__(self, now: datetime, before: Sequence[Condition], generation: int) -> None:
        self._now = now.replace(microsecond=0)
        self._before = before
        self._generation = generation

    def write(self, kind: ConditionType, status: ConditionStatus, told: Explanation) -> Condition:
        before = condition(self._before, kind)
        same = before is not None and before.status == status
        return Condition(
            type=kind,
            status=status,
            reason=told.reason,
            message=told.message[:LONGEST_MESSAGE],
            last_transition_time=before.last_transition_time if same and before is not None else self._now,
            observed_generation=self._generation,
        )


def steady(before: datetime | None, computed: datetime) -> datetime:
    """`before`, unless `computed` says something else than a few seconds of jitter."""
    if before is not None and abs(before - computed) <= STEADY:
        return before
    return computed.replace(microsecond=0)
