import pytest

from recado_operator.runtime.ears import Ears

from .hands import Hands

PODS = "/api/v1/namespaces/desk/pods"


@pytest.mark.parametrize(
    ("seconds", "version", "lives"),
    [(70.0, "7", False), (70.0, "8", True), (121.0, "7", True)],
    ids=["given up where it stood", "it brought something", "ended by the API server"],
)
def test_a_watch_that_is_opened_anew_tells_of_the_one_before(seconds: float, version: str, lives: bool) -> None:  # noqa: FBT001 - a value of the case
    clock = Hands()
    ears = Ears(clock, 115.0)
    assert ears.opened(PODS, "7")
    clock.seconds += seconds
    assert ears.opened(PODS, version) is lives


def test_each_watch_speaks_for_itself() -> None:
    ears = Ears(Hands(), 115.0)
    assert ears.opened(PODS, "7")
    assert ears.opened("/api/v1/namespaces/shop/pods", "7")


def test_a_watch_has_a_gap_before_it_when_it_follows_a_list() -> None:
    ears = Ears(Hands(), 115.0)
    ears.listed("pods")
    assert [ears.has_gap(watch) for watch in ("connections", "pods", "pods")] == [False, True, False]
