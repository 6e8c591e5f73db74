from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_domain.users.rules import (
    ALLOWED_FAILURES,
    LOCKED_FOR,
    REUSE_GRACE,
    Failures,
    TokenUse,
    after_failure,
    is_locked,
    judge_token,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@given(st.lists(st.integers(0, 3600), max_size=40))
def test_nobody_guesses_more_than_five_times_in_fifteen_minutes(pauses: list[int]) -> None:
    now, failures, guesses = NOON, Failures(0, None), []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not is_locked(failures.locked_until, now):
            guesses.append(now)
            failures = after_failure(failures, now)
    for first, sixth in zip(guesses, guesses[ALLOWED_FAILURES:], strict=False):
        assert sixth - first >= LOCKED_FOR


def test_the_fifth_failure_locks() -> None:
    failures = Failures(0, None)
    for count in range(1, ALLOWED_FAILURES):
        failures = after_failure(failures, NOON)
        assert failures == Failures(count, None)
    assert after_failure(failures, NOON) == Failures(ALLOWED_FAILURES, NOON + LOCKED_FOR)


def test_a_lock_holds_until_its_last_moment_and_is_not_prolonged() -> None:
    locked = Failures(ALLOWED_FAILURES, NOON + LOCKED_FOR)
    assert is_locked(locked.locked_until, NOON + LOCKED_FOR - SECOND)
    assert after_failure(locked, NOON + SECOND) == locked
    assert not is_locked(locked.locked_until, NOON + LOCKED_FOR)
    assert after_failure(locked, NOON + LOCKED_FOR) == Failures(1, None)


@pytest.mark.parametrize(
    ("used", "revoked", "expires", "use"),
    [
        (None, None, SECOND, "rotate"),
        (None, None, timedelta(), "invalid"),
        (None, -SECOND, SECOND, "invalid"),
        (-REUSE_GRACE, None, SECOND, "again"),
        (-REUSE_GRACE - SECOND, None, SECOND, "reused"),
        (-REUSE_GRACE - SECOND, -SECOND, SECOND, "invalid"),
    ],
)
def test_what_a_token_is_good_for(
    used: timedelta | None, revoked: timedelta | None, expires: timedelta, use: TokenUse
) -> None:
    def at(offset: timedelta | None) -> datetime | None:
        return None if offset is None else NOON + offset

    assert judge_token(used_at=at(used), revoked_at=at(revoked), expires_at=NOON + expires, now=NOON) == use
