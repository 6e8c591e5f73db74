"""How a session ended, and how long to wait before the next one. Pure rules, used by `plan` and by the conditions."""

import re
from datetime import datetime
from enum import Enum, auto

from recado_core.session_states import TERMINAL_STATES, ExitCode

FIRST_DELAY = 1.0
LONGEST_DELAY = 300.0
EXHAUSTED_AFTER = 10
"""So many failures in a row, and a person should look. It is tried on: WhatsApp may have been away for an hour."""
JITTER = 0.2
STEADY_SECONDS = 600.0
"""Online for this long, a session has earned a fresh count of failures."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_WAITS_FOR_SCAN = frozenset({"qr", "pairing"})


class Outcome(Enum):
    NOT_STARTED = auto()
    ENDED_AS_PLANNED = auto()
    WAITS_FOR_PERSON = auto()
    TRY_AGAIN = auto()
    REFUSED_SETTINGS = auto()
    CRASHED = auto()

    @property
    def failed(self) -> bool:
        return self in {Outcome.TRY_AGAIN, Outcome.REFUSED_SETTINGS, Outcome.CRASHED}


def classify(exit_code: int | None, state: str) -> Outcome:
    """What `exit_code`, in the light of the last stored `state`, asks of us."""
    if exit_code is None:
        return Outcome.NOT_STARTED
    if exit_code == ExitCode.TERMINAL_STATE_STORED:
        waits = state in TERMINAL_STATES or state in _WAITS_FOR_SCAN or state == "restricted"
        return Outcome.WAITS_FOR_PERSON if waits else Outcome.ENDED_AS_PLANNED
    if exit_code == ExitCode.TRY_AGAIN:
        return Outcome.TRY_AGAIN
    return Outcome.REFUSED_SETTINGS if exit_code == ExitCode.CONFIGURATION else Outcome.CRASHED


def delay_after(failures: int, jitter: float) -> float:
    """1, 2, 4 … 300 seconds, each spread by a fifth in both directions."""
    base = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** min(failures - 1, 20))
    return base * (1.0 - JITTER + 2.0 * JITTER * jitter)


def ends_at(reason: str) -> datetime | None:
    """The time that a temporary ban's reason names, if it names one."""
    found = _TIME.search(reason)
    return datetime.fromisoformat(found.group()) if found else None
