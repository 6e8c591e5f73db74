"""What a session can be, and with which exit code it ends: shared by session, operator, domain and browser."""

from enum import IntEnum
from typing import Literal, get_args

SessionState = Literal[
    "starting",
    "qr",
    "pairing",
    "passkey_required",
    "online",
    "degraded",
    "reconnecting",
    "restricted",
    "banned",
    "replaced",
    "outdated",
    "logged_out",
    "failed",
    "stopped",
]
"""`stopped` is ours: paused by a person or between two processes. The others come from the engine."""

SESSION_STATES: tuple[SessionState, ...] = get_args(SessionState)

WORKING_STATES: frozenset[SessionState] = frozenset({"online", "degraded"})
"""States in which messages flow."""

TERMINAL_STATES: frozenset[SessionState] = frozenset({"banned", "outdated", "logged_out", "passkey_required"})
"""States that only a person (or time, for a ban) can end; starting again at once would change nothing."""


class ExitCode(IntEnum):
    TERMINAL_STATE_STORED = 0
    """Ended as planned, or a terminal state is in the database: do not start again by yourself."""
    TRY_AGAIN = 75
    """Deaf session, failed dial, expired QR codes, lost lease: start again with back-off."""
    CONFIGURATION = 78
    """The settings are wrong: starting again would fail in the same way."""
