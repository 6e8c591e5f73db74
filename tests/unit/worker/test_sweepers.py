"""When sweepers are due, by a clock that the test moves."""

from datetime import UTC, datetime, timedelta

from recado_worker.sweepers import Schedule, Sweeper, Swept


class Wound:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds


async def nothing() -> Swept:
    return {}


def names(schedule: Schedule) -> list[str]:
    return [sweeper.name for sweeper in schedule.due()]


def test_each_sweeper_comes_round_in_its_own_time() -> None:
    clock = Wound()
    often, seldom = timedelta(seconds=5), timedelta(minutes=5)
    schedule = Schedule([Sweeper("often", often, nothing), Sweeper("seldom", seldom, nothing)], clock)
    assert names(schedule) == ["often", "seldom"], "a start repairs what the last end left"
    assert names(schedule) == []
    clock.seconds += 5
    assert names(schedule) == ["often"]
    clock.seconds += 295
    assert names(schedule) == ["often", "seldom"]


def test_a_long_pause_is_not_made_up_for() -> None:
    clock = Wound()
    schedule = Schedule([Sweeper("often", timedelta(seconds=5), nothing)], clock)
    schedule.due()
    clock.seconds += 3600
    assert names(schedule) == ["often"]
    assert names(schedule) == []
