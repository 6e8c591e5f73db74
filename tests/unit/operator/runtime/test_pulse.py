from recado_operator.runtime.pulse import Limit, Pulse

from .hands import Hands


def test_silence_is_told_once_something_was_heard() -> None:
    clock = Hands()
    pulse = Pulse(clock, {"watch pods": 180.0, "loop": 5.0})
    clock.seconds += 1000.0
    assert pulse.complaints() == []
    pulse.beat("watch pods")
    clock.seconds += 181.0
    assert pulse.complaints() == ["watch pods: silent for 181 s, at most 180 s are healthy"]
    pulse.beat("watch pods")
    assert pulse.complaints() == []


def test_a_limit_is_told_when_it_is_passed() -> None:
    values = iter([600.0, 601.0])
    limit = Limit("oldest key", lambda: next(values), 600.0)
    assert limit.complaints() == []
    assert limit.complaints() == ["oldest key: 601 s, at most 600 s are healthy"]
