"""The token bucket, under a clock that the test moves."""

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.session_pod.fakes import ManualClock

from recado_session.pacing import TokenBucket


def test_no_limit_never_waits() -> None:
    bucket = TokenBucket(0, 1.0, ManualClock())
    for _ in range(1000):
        assert bucket.delay() == 0
        bucket.take()
    assert not bucket.limited


def test_a_full_bucket_lets_a_burst_pass_and_then_a_steady_pace() -> None:
    clock = ManualClock()
    bucket = TokenBucket(3, 6.0, clock)
    for _ in range(3):
        assert bucket.delay() == 0
        bucket.take()
    assert bucket.delay() == 2.0
    clock.seconds += 1.5
    assert bucket.delay() == 0.5
    clock.seconds += 0.5
    assert bucket.delay() == 0


def test_an_idle_bucket_does_not_overflow() -> None:
    clock = ManualClock()
    bucket = TokenBucket(2, 1.0, clock)
    clock.seconds += 3600
    bucket.take()
    bucket.take()
    assert bucket.delay() > 0


@given(st.integers(1, 20), st.floats(0.1, 60), st.lists(st.floats(0, 5), max_size=60))
def test_never_more_than_a_full_bucket_and_the_steady_pace(limit: int, seconds: float, pauses: list[float]) -> None:
    clock = ManualClock()
    bucket = TokenBucket(limit, seconds, clock)
    sent = 0
    for pause in pauses:
        clock.seconds += pause
        while bucket.delay() == 0:
            bucket.take()
            sent += 1
    assert sent <= limit + sum(pauses) * limit / seconds + 1e-6
