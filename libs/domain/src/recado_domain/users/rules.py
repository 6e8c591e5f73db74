"""Who may try to sign in, and for how long a refresh token lives. Pure decisions."""

from datetime import datetime, timedelta
from typing import Literal

import msgspec

ALLOWED_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)
REUSE_GRACE = timedelta(seconds=10)
"""Two tabs may refresh at the same moment with the same token; later than this it is a stolen copy."""


class Failures(msgspec.Struct, frozen=True):
    count: int
    locked_until: datetime | None


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    return locked_until is not None and now < locked_until


def after_failure(before: Failures, now: datetime) -> Failures:
    """The fifth failure in a row locks; a lock that has run out forgives what led to it."""
    if is_locked(before.locked_until, now):
        return before
    count = 1 if before.locked_until is not None else before.count + 1
    return Failures(count, now + LOCKED_FOR if count >= ALLOWED_FAILURES else None)


TokenUse = Literal["rotate", "again", "reused", "invalid"]
"""`again`: used a moment ago, by another tab. `reused`: used long ago, so somebody has a copy."""


def judge_token(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> TokenUse:
    if revoked_at is not None or now >= expires_at:
        return "invalid"
    if used_at is None:
        return "rotate"
    return "again" if now - used_at <= REUSE_GRACE else "reused"
