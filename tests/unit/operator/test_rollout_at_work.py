"""The roll-out at work: what it stores before it wakes anybody, and what it answers to those who ask."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from recado_core.resources.session_options import UpdatePolicy
from recado_kubernetes.errors import ConflictError
from recado_operator.build.draw import Fleet
from recado_operator.census import member_of
from recado_operator.plan.releases import Flight, Phase, RolloutPolicy, RolloutState, Wave
from recado_operator.rollout import Rollout, Stored
from recado_operator.runtime.agenda import Urgency
from recado_operator.world import Turn, World

from .rollouts import AFTER, BEFORE, NEW, OLD, START
from .worlds import CONNECTION, RESOURCE, process, seen, world

FLEET = Fleet(
    catalogue={OLD.version: OLD.image, NEW.version: NEW.image},
    stable=NEW.version,
    rollout=RolloutPolicy(waves=(Wave(50), Wave(100))),
)
PINNED = UpdatePolicy(channel="Pinned", version="1.0")


class Clock:
    def __init__(self) -> None:
        self.time = START

    def monotonic(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return self.time


class Store:
    def __init__(self) -> None:
        self.stored = Stored()
        self.writes: list[RolloutState] = []
        self.refuses = False

    async def read(self) -> Stored:
        return self.stored

    async def write(self, state: RolloutState, version: str, policy: RolloutPolicy) -> Stored:
        assert (version, policy) == (self.stored.version, FLEET.rollout)
        if self.refuses:
            raise ConflictError("somebody was faster")
        self.writes.append(state)
        self.stored = replace(self.stored, state=state, version=str(len(self.writes)))
        return self.stored


class Bench:
    """One connection that runs `image`."""

    def __init__(self) -> None:
        self.store = Store()
        self.woken: list[tuple[UUID, Urgency]] = []
        self.declared = {CONNECTION}
        self.clock = Clock()
        self.rollout = Rollout(FLEET, self.store, self.clock, self.wake, lambda: self.declared)

    def wake(self, key: UUID, urgency: Urgency) -> None:
        assert self.store.writes, "stored first"
        self.woken.append((key, urgency))

    def look(self, image: str) -> World:
        pod = process(image=image, ready=True)
        found = world(pod, observed=seen(linked=True))
        self.rollout.note(CONNECTION, found)
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_nothing_is_decided_before_everybody_is_known(bench: Bench) -> None:
    await bench.rollout.load({"Stable": OLD.image, "Canary": OLD.image})
    await bench.rollout.decide()
    assert bench.store.writes == []
    bench.look(OLD.image)
    await bench.rollout.decide()
    (state,) = bench.store.writes
    assert (state.settled, state.target, state.phase) == (BEFORE, AFTER, Phase.MOVING)
    assert bench.woken == [(CONNECTION, Urgency.ASKED), (CONNECTION, Urgency.COMMON)]
    assert bench.rollout.turn(CONNECTION) is Turn.GO


async def test_what_a_session_ran_is_known_when_it_is_logged_out(bench: Bench) -> None:
    await bench.rollout.load({"Stable": OLD.image, "Canary": OLD.image})
    bench.look(OLD.image)
    await bench.rollout.decide()
    moved = world(process(image=NEW.image, ready=True, restarts=1), observed=seen(linked=True))
    bench.rollout.note(CONNECTION, moved)
    await bench.rollout.decide()
    for _ in range(2):
        bench.rollout.note(CONNECTION, world(observed=seen(state="logged_out", exit_code=0)))
    await bench.rollout.decide()
    last = bench.store.writes[-1]
    assert (last.phase, last.why) == (
        Phase.ROLLING_BACK,
        "1 of 1 sessions that wave 1 moved were logged out or banned.",
    )


@pytest.mark.parametrize(
    ("state", "lost", "shut"),
    [
        ("online", False, False),
        ("qr", False, False),
        ("passkey_required", False, False),  # it was not linked before
        ("restricted", True, False),
        ("logged_out", True, True),
        ("banned", True, True),
        ("outdated", True, True),
    ],
)
def test_whom_whatsapp_shut_out_and_whom_it_only_limits(state: str, lost: bool, shut: bool) -> None:  # noqa: FBT001 - values of the case
    member = member_of(CONNECTION, world(observed=seen(state=state)))
    assert member is not None
    assert (member.lost, member.shut) == (lost, shut)


async def test_a_first_installation_has_nothing_to_roll_out(bench: Bench) -> None:
    await bench.rollout.load({})
    bench.look(NEW.image)
    await bench.rollout.decide()
    assert [state.phase for state in bench.store.writes] == [Phase.SETTLED]
    await bench.rollout.decide()
    assert len(bench.store.writes) == 1, "at rest nothing is written"


async def test_what_another_leader_stored_counts(bench: Bench) -> None:
    failed = RolloutState(settled=BEFORE, target=AFTER, phase=Phase.ROLLED_BACK, wave=0, reach=2**32 - 1)
    bench.store.stored = Stored(state=failed, version="7")
    await bench.rollout.load({})
    bench.look(OLD.image)
    await bench.rollout.decide()
    assert bench.rollout.turn(CONNECTION) is Turn.PAUSED
    assert bench.rollout.release(CONNECTION, None, OLD.image) == OLD
    assert bench.rollout.release(CONNECTION, None, NEW.image) == OLD
    assert bench.rollout.behind(None, OLD.image)


async def test_the_time_without_a_leader_is_held_against_nobody(bench: Bench) -> None:
    flight = Flight(since=START, launch=(1, 0), was_ready=True, judged=True)
    moving = RolloutState(settled=BEFORE, target=AFTER, phase=Phase.MOVING, wave=0, reach=2**32 - 1, size=1)
    bench.store.stored = Stored(state=replace(moving, flights={CONNECTION: flight}), version="0")
    bench.clock.time = START + timedelta(hours=1)
    await bench.rollout.load({})
    bench.look(OLD.image)
    await bench.rollout.decide()
    assert bench.rollout.turn(CONNECTION) is Turn.GO
    bench.clock.time += timedelta(seconds=FLEET.rollout.ready_seconds + 1.0)
    await bench.rollout.decide()
    assert [state.phase for state in bench.store.writes] == [Phase.MOVING, Phase.ROLLING_BACK]


async def test_a_lost_race_changes_nothing_until_it_is_read_again(bench: Bench) -> None:
    await bench.rollout.load({"Stable": OLD.image, "Canary": OLD.image})
    bench.look(OLD.image)
    bench.store.refuses = True
    with pytest.raises(ConflictError):
        await bench.rollout.decide()
    assert (bench.rollout.turn(CONNECTION), bench.woken) == (Turn.WAIT, [])


async def test_deleted_by_hand_it_begins_anew(bench: Bench) -> None:
    await bench.rollout.load({"Stable": OLD.image, "Canary": OLD.image})
    bench.look(OLD.image)
    await bench.rollout.decide()
    bench.store.stored = Stored()
    await bench.rollout.decide()
    assert bench.store.writes[-1].phase is Phase.MOVING
    assert bench.store.writes[-1].settled == BEFORE


async def test_a_pause_is_told_to_everybody(bench: Bench) -> None:
    await bench.rollout.load({"Stable": NEW.image, "Canary": NEW.image})
    bench.look(NEW.image)
    await bench.rollout.decide()
    bench.store.stored = replace(bench.store.stored, paused=True)
    await bench.rollout.decide()
    assert bench.woken == [(CONNECTION, Urgency.COMMON)]
    assert bench.rollout.turn(CONNECTION) is Turn.PAUSED


async def test_a_pinned_session_runs_what_it_names(bench: Bench) -> None:
    await bench.rollout.load({})
    assert bench.rollout.release(CONNECTION, PINNED, NEW.image) == OLD
    assert bench.rollout.release(CONNECTION, replace(PINNED, version="9"), NEW.image) is None
    assert not bench.rollout.behind(PINNED, OLD.image)


async def test_an_image_that_left_the_catalogue_keeps_its_name() -> None:
    bench = Bench()
    gone = replace(OLD, version="0.9", image="session:0.9")
    before = replace(BEFORE, stable=gone)
    bench.store.stored = Stored(state=RolloutState(settled=before, target=AFTER, phase=Phase.MOVING), version="1")
    await bench.rollout.load({})
    assert bench.rollout.version_of(gone.image) == "0.9"
    assert bench.rollout.release(CONNECTION, None, "") == gone
    assert bench.rollout.release(CONNECTION, None, "session:0.8") == replace(gone, version="", image="session:0.8")


async def test_who_is_gone_is_forgotten_and_who_waits_is_counted(bench: Bench) -> None:
    await bench.rollout.load({"Stable": OLD.image, "Canary": OLD.image})
    bench.look(OLD.image)
    bench.rollout.measure()
    assert metric("recado_rollout_outdated") == 1
    bench.rollout.note(CONNECTION, replace(world(), resource=None))
    bench.rollout.measure()
    assert metric("recado_rollout_outdated") == 0
    assert RESOURCE.metadata.uid == CONNECTION


def metric(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)
