from recado_operator.runtime.bucket import TokenBucket

from .hands import Hands


def test_a_burst_is_free_and_the_rest_waits_its_turn() -> None:
    bucket = TokenBucket(Hands(), per_second=20.0, burst=3)
    assert [bucket.reserve() for _ in range(5)] == [0.0, 0.0, 0.0, 0.05, 0.1]


def test_time_fills_the_bucket_up_to_its_burst() -> None:
    clock = Hands()
    bucket = TokenBucket(clock, per_second=1.0, burst=2)
    assert [bucket.try_take() for _ in range(3)] == [True, True, False]
    clock.seconds += 100.0
    assert [bucket.try_take() for _ in range(3)] == [True, True, False]
