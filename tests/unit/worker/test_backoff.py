"""Pauses grow, stay short, and start afresh after a success."""

from recado_worker.backoff import Backoff


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(first=0.1, longest=1.0)
    pauses = [backoff.failed() for _ in range(8)]
    for pause, full in zip(pauses, [0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 1.0, 1.0], strict=True):
        assert 0.75 * full <= pause <= full


def test_it_never_spins_and_never_overflows() -> None:
    backoff = Backoff()
    assert all(0 < backoff.failed() <= 1.0 for _ in range(5000))


def test_a_success_ends_a_series_once() -> None:
    backoff = Backoff()
    assert not backoff.succeeded()
    for _ in range(5):
        backoff.failed()
    assert backoff.succeeded()
    assert not backoff.succeeded()
    assert backoff.failed() <= 0.1
