"""What a take-over is counted as."""

import pytest
from prometheus_client import REGISTRY

from recado_core.resources.connection import Reconnect
from recado_operator.plan.causes import cause_of
from recado_operator.world import World

from .test_reconcile import Bench
from .worlds import process, seen, with_spec, world


def ended(code: int | None, state: str = "online", *, disrupted: bool = False) -> World:
    gone = process(running=False, exit_code=code, disrupted=disrupted)
    return world(gone, observed=seen(state=state, exit_code=code))


@pytest.mark.parametrize(
    ("before", "cause"),
    [
        (world(observed=seen(pairing_requested=True)), "requested"),
        (world(resource=with_spec(reconnect=Reconnect(request="now")), observed=seen()), "requested"),
        (world(process(), observed=seen()), "silent"),
        (ended(137, disrupted=True), "disrupted"),
        (ended(75), "ended"),
        (ended(-9), "crashed"),
        (ended(78), "settings"),
        (ended(0, "banned"), "ban_over"),
        (ended(0, "stopped"), "replaced"),
        (world(observed=seen()), "replaced"),
    ],
)
def test_each_take_over_has_a_cause(before: World, cause: str) -> None:
    assert cause_of(before, 1) == cause
    assert cause_of(before, 0) == "first"


async def test_take_overs_are_counted_and_lost_races_are_not() -> None:
    def first() -> float:
        return REGISTRY.get_sample_value("recado_epoch_bumps_total", {"cause": "first"}) or 0.0

    before, bench = first(), Bench()
    bench.database.faster = True
    await bench.reconciler().look()
    assert first() == before
    await Bench().reconciler().look()
    assert first() == before + 1
