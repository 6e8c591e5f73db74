"""How long an attempt may take, and when the next one comes. Pure decisions."""

from datetime import timedelta

LEASE = timedelta(seconds=60)
"""Who has not finished by then is taken for dead, and somebody else begins again."""

MOST_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(minutes=10)


def pause_after(attempts: int) -> timedelta | None:
    """Before the next attempt; None when there should be no more."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(LONGEST_PAUSE, timedelta(seconds=2**attempts))
