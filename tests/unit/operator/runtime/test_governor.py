from recado_operator.runtime.governor import Governor

from .hands import Hands


def test_a_burst_goes_at_once_and_each_of_the_rest_keeps_its_turn() -> None:
    clock = Hands()
    governor = Governor(clock, per_second=2.0, burst=2)
    assert [governor.wait(key) for key in "abcd"] == [0.0, 0.0, 0.5, 1.0]
    assert governor.wait("d") == 1.0
    clock.seconds += 0.5
    assert (governor.wait("c"), governor.wait("d")) == (0.0, 0.5)
    clock.seconds += 0.5
    assert governor.wait("d") == 0.0
    assert governor.waiting == 0
