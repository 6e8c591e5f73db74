"""Waves: who goes when, how many at once, what stops them, and what goes back."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from recado_operator.plan import rollout
from recado_operator.plan.releases import Member, Phase, RolloutPolicy, RolloutState, Wave

from .rollouts import AFTER, BEFORE, NEW, OLD, POLICY, Fleet, fleet, member

SIZES = [3, 4, 36, 159, 198]
"""So many of 400 sessions, three of them canaries, each wave moves."""


def canary(one: Member) -> bool:
    return one.channel == "Canary"


def test_a_good_release_reaches_everybody_in_waves() -> None:
    whole = fleet(300)
    assert whole.run() == rollout.settled(AFTER)
    assert whole.running(NEW) == 300
    assert [wave for phase, wave in whole.phases if phase is Phase.SOAKING] == [0, 1, 2, 3, 4]
    began = [ran for (phase, _), ran in zip(whole.phases, whole.reached, strict=True) if phase is Phase.MOVING]
    assert began == [0, 3, 3 + 3, 3 + 30, 3 + 149]
    assert whole.most_missing <= 3


def test_the_canaries_go_first_and_a_bad_release_stops_at_them() -> None:
    whole = fleet(300, bad=lambda _: True)
    assert whole.run().phase is Phase.ROLLED_BACK
    assert "1 of 3 sessions of wave 1 were not ready within 120 s." in whole.state.why or whole.state.failed > 0
    assert whole.running(NEW) == 0
    assert whole.missing() == 0
    assert max(wave for _, wave in whole.phases) == 0


def test_without_canaries_the_first_percent_tells() -> None:
    whole = fleet(200, bad=lambda _: True, canaries=0)
    assert whole.run().phase is Phase.ROLLED_BACK
    assert (whole.state.wave, whole.most_missing) == (1, 2)
    assert (whole.running(OLD), whole.missing()) == (200, 0)


def test_a_failed_release_is_left_alone_until_another_one_comes() -> None:
    whole = fleet(100, bad=lambda _: True)
    rolled_back = whole.run()
    for _ in range(50):
        assert whole.step(600.0) == rolled_back
    whole.target = replace(AFTER, stable=replace(NEW, image="session:1.2"), canary=replace(NEW, image="session:1.2"))
    whole.run()
    assert (whole.state.phase, whole.running(NEW), whole.running(OLD)) == (Phase.SETTLED, 0, 0)


def test_a_few_that_do_not_come_back_are_borne() -> None:
    whole = fleet(400, bad=lambda one: one.id.int == 399)
    whole.run()
    assert whole.state.phase is Phase.SETTLED
    assert whole.running(NEW) == 400


@pytest.mark.parametrize("wave", range(len(SIZES)))
def test_one_number_that_a_wave_logs_out_takes_it_back(wave: int) -> None:
    whole = fleet(400)
    _, (moved, *_) = go_to(whole, wave)
    whole.lose(moved)
    assert whole.step().phase is Phase.ROLLING_BACK
    assert whole.state.why == f"1 of {SIZES[wave]} sessions that wave {wave + 1} moved were logged out or banned."
    assert whole.run().phase is Phase.ROLLED_BACK
    assert (whole.running(OLD), whole.running(NEW)) == (399, 0)


def test_one_number_that_is_logged_out_on_its_way_takes_the_wave_back() -> None:
    whole = fleet(400)
    go_to(whole, 3)
    while not (away := [key for key in whole.state.flights if not whole.members[key].ready]):
        whole.step()
    whole.lose(away[0])
    assert whole.step().phase is Phase.ROLLING_BACK
    assert whole.state.why == "1 of 159 sessions that wave 4 moved were logged out or banned."


@pytest.mark.parametrize("wave", range(1, len(SIZES)))
@pytest.mark.parametrize("before", [True, False])
def test_a_number_that_another_wave_moved_or_none_yet_may_be_logged_out(wave: int, before: bool) -> None:  # noqa: FBT001 - values of the case
    whole = fleet(400)
    earlier, _ = go_to(whole, wave)
    waiting = [key for key in whole.on(OLD) if key not in whole.state.flights]
    whole.lose(earlier[0] if before else waiting[0])
    assert whole.run() == rollout.settled(AFTER)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 59), st.integers(0, 300))
def test_whoever_is_logged_out_whenever_only_who_was_moved_takes_the_wave_back(number: int, moment: int) -> None:
    whole, earlier = fleet(60), list[UUID]()
    for _ in range(moment):
        wave, ran = whole.state.wave, whole.on(NEW)
        whole.step()
        earlier = earlier if whole.state.wave == wave else ran
    key = UUID(int=number)
    moved = key in whole.state.flights or (key in whole.on(NEW) and key not in earlier)
    takes_back = moved and whole.state.phase is not Phase.SETTLED
    whole.lose(key)
    assert whole.run().phase is (Phase.ROLLED_BACK if takes_back else Phase.SETTLED)


@pytest.mark.parametrize(("limited", "phase"), [(1, Phase.SETTLED), (2, Phase.ROLLED_BACK)])
def test_a_number_that_is_only_limited_is_borne_also_by_a_small_wave(limited: int, phase: Phase) -> None:
    whole = fleet(400)
    for key in go_to(whole, 1, count=2)[1][:limited]:
        whole.members[key] = replace(whole.members[key], lost=True, ready=False)
    assert whole.run().phase is phase


def test_many_logged_out_numbers_take_the_wave_back_whoever_moved_them() -> None:
    whole = fleet(400)
    for key in go_to(whole, 4)[0][:9]:
        whole.lose(key)
    assert whole.step().phase is Phase.ROLLING_BACK
    assert whole.state.why == "9 sessions were logged out or restricted since wave 5 began."


@pytest.mark.parametrize(("lost", "phase"), [(1, Phase.SETTLED), (2, Phase.ROLLED_BACK)])
def test_a_wave_bears_as_many_logged_out_numbers_as_people_allow(lost: int, phase: Phase) -> None:
    whole = fleet(400)
    whole.policy = replace(POLICY, lost_percent=0.7)
    _, moved = go_to(whole, 3, count=2)
    for key in moved[:lost]:
        whole.lose(key)
    assert whole.run().phase is phase


def test_numbers_that_an_earlier_try_logged_out_are_not_held_against_the_next() -> None:
    whole = fleet(400)
    whole.lose(go_to(whole, 1)[1][0])
    assert whole.run().phase is Phase.ROLLED_BACK
    whole.state = rollout.settled(BEFORE)  # somebody deleted the ConfigMap
    assert whole.run() == rollout.settled(AFTER)


def test_a_state_that_was_stored_before_losses_were_told_apart_goes_on() -> None:
    whole = fleet(400)
    _, (moved, *_) = go_to(whole, 2)
    stored = msgspec.to_builtins(whole.state)
    for later in ("reach_before", "shut", "fallen"):
        del stored[later]
    whole.state = msgspec.convert(stored, RolloutState)
    whole.lose(moved)
    assert whole.step().phase is Phase.ROLLING_BACK


def go_to(whole: Fleet, wave: int, count: int = 1) -> tuple[list[UUID], list[UUID]]:
    """Until `wave` has moved so many; whom earlier waves moved, and who is back from this one."""
    earlier: list[UUID] = []
    while whole.state.wave < wave:
        earlier = whole.on(NEW)
        whole.step()
    while len(back := [key for key in whole.on(NEW) if key not in earlier and whole.members[key].ready]) < count:
        whole.step()
    return earlier, back


def test_sessions_that_fall_while_it_soaks_take_the_wave_back() -> None:
    whole = fleet(100)
    while whole.step().phase is not Phase.SOAKING:
        pass
    whole.bad = lambda _: True
    for key, one in whole.members.items():
        whole.members[key] = replace(one, ready=one.image == OLD.image)
    whole.step(61.0)
    assert whole.state.phase is Phase.ROLLING_BACK
    assert "3 more sessions than before wave 1 are not ready." in whole.state.why


def test_paused_nothing_moves_and_then_it_goes_on() -> None:
    whole = fleet(100)
    whole.step()
    whole.paused = True
    moved = whole.running(NEW)
    whole.step()
    for _ in range(100):
        whole.step(600.0)
    assert (whole.running(NEW), whole.missing()) == (moved, 0)
    whole.paused = False
    whole.run()
    assert whole.running(NEW) == 100


def test_a_drained_node_is_emptied_although_the_rollout_is_paused() -> None:
    whole = Fleet(*(member(number, moving_out=number < 10) for number in range(100)))
    whole.paused = True
    for _ in range(40):
        whole.step()
    assert not any(one.moving_out for one in whole.members.values())
    assert (whole.running(NEW), whole.most_missing) == (0, 1)


def test_one_of_a_company_at_a_time() -> None:
    policy = replace(POLICY, max_unavailable_percent=100.0)
    whole = Fleet(*(member(number, company=f"desk/{number % 4}") for number in range(40)), policy=policy)
    whole.run()
    assert whole.most_missing == 4
    assert whole.running(NEW) == 40


def test_who_waits_for_a_phone_needs_no_turn_and_who_rests_is_not_counted() -> None:
    rest = [member(1, linked=False, ready=False), member(2, wanted=False), member(3, image="", ready=False)]
    whole = Fleet(*rest)
    assert whole.run() == rollout.settled(AFTER)


def test_a_pinned_session_that_fails_is_its_companys_affair() -> None:
    pinned = [member(number, channel="Pinned", repinned=True, company="desk/a") for number in range(3)]
    others = [member(number) for number in range(10, 60)]
    whole = Fleet(*pinned, *others)
    whole._come_back = lambda: None  # type: ignore[method-assign]  # nobody returns
    whole.target = BEFORE
    for _ in range(100):
        whole.step()
    assert [one.ready for one in whole.members.values()].count(False) == 1


def test_the_way_back_is_taken_by_choosing_the_old_release_again() -> None:
    whole = fleet(200)
    while whole.state.wave < 2:
        whole.step()
    assert whole.running(NEW) > 0
    whole.target = BEFORE
    assert whole.run() == rollout.settled(BEFORE)
    assert (whole.running(OLD), whole.running(NEW)) == (200, 0)
    assert whole.most_missing <= 2


waves = st.lists(st.integers(0, 99), max_size=4, unique=True).map(
    lambda percents: tuple(Wave(percent, 30.0) for percent in [*sorted(percents), 100])
)
policies = st.builds(
    RolloutPolicy,
    waves=waves,
    max_unavailable_percent=st.sampled_from([0.5, 1.0, 10.0, 50.0]),
    max_per_company=st.integers(1, 3),
)


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    count = draw(st.integers(1, 60))
    companies, canaries = draw(st.integers(1, 8)), draw(st.integers(0, 5))
    odd = draw(st.sets(st.integers(0, count - 1), max_size=5))
    made = [
        member(
            number,
            company=f"desk/{number % companies}",
            channel="Canary" if number < canaries else "Stable",
            linked=number not in odd,
            ready=number not in odd,
        )
        for number in range(count)
    ]
    share = draw(st.sampled_from([0, 0, 1, 7, 100]))
    return Fleet(*made, policy=draw(policies), bad=lambda one: one.id.int * 37 % 100 < share)


@settings(max_examples=60, deadline=None)
@given(fleets())
def test_never_too_many_are_missing_never_a_wave_too_early_and_it_always_ends(whole: Fleet) -> None:
    linked = [key for key, one in whole.members.items() if one.linked]
    allowed = rollout.budget(whole.policy, whole.members) + len(linked) * 2 // 100
    before = whole.state
    for _ in range(600):
        after = whole.step(20.0)
        assert whole.missing() <= allowed
        assert_no_wave_too_early(whole, before, after)
        before = after
        if after.resting:
            break
    assert whole.state.resting
    final = NEW if whole.state.phase is Phase.SETTLED else OLD
    assert {whole.members[key].image for key in linked} <= {final.image}
    if whole.state.phase is Phase.ROLLED_BACK:
        assert whole.missing() == 0


def assert_no_wave_too_early(whole: Fleet, before: RolloutState, after: RolloutState) -> None:
    if after.wave <= max(before.wave, 0) or before.phase is Phase.SETTLED:
        return
    assert before.phase is Phase.SOAKING
    assert before.since is not None
    assert whole.now - before.since >= timedelta(seconds=whole.policy.waves[before.wave].soak_seconds)
    assert before.failed <= before.size * 2 // 100


@pytest.mark.parametrize("share", [0, 100])
def test_a_new_leader_goes_on_where_the_last_one_stopped(share: int) -> None:
    whole, other = (fleet(120, bad=lambda one: one.id.int % 100 < share) for _ in range(2))
    for _ in range(200):
        whole.step()
        other.step()
        other.state = msgspec.json.decode(msgspec.json.encode(other.state), type=RolloutState)
        assert other.state == whole.state
