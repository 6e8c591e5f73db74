"""The breaker of a limited number, under a clock that the test moves."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.session_pod.fakes import ManualClock

from recado_session.number_health import FIRST_SECONDS, LONGEST_SECONDS, NumberHealth
from recado_session.states import Transition, on_signal


@given(st.integers(min_value=1, max_value=50))
def test_each_refusal_doubles_the_wait_up_to_an_hour(refusals: int) -> None:
    clock = ManualClock()
    health = NumberHealth(clock)
    for number in range(refusals):
        health.refused("reach_out_restricted")
        wait = min(LONGEST_SECONDS, FIRST_SECONDS * 2**number)
        clock.seconds += wait - 0.5
        assert health.restricted
        clock.seconds += 0.5
        assert not health.restricted
        assert health.on_trial


def test_a_message_that_is_taken_ends_the_trial() -> None:
    clock = ManualClock()
    health = NumberHealth(clock)
    for _ in range(5):
        health.refused("reach_out_restricted")
    clock.seconds += LONGEST_SECONDS
    health.taken()
    assert not health.on_trial
    health.refused("reach_out_restricted")
    clock.seconds += FIRST_SECONDS
    assert not health.restricted


def test_a_limited_number_that_connects_again_is_still_restricted() -> None:
    health = NumberHealth(ManualClock())
    online, lost = on_signal("connected"), on_signal("disconnected")
    assert health.judge(online) == online
    health.refused("reach_out_restricted")
    assert health.judge(online) == Transition("restricted", "reach_out_restricted:until 2026-11-01T12:01:00Z")
    assert health.judge(lost) == lost
