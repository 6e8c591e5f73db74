"""What the engine's signals mean: which state the session is in, and whether the process should end and how.

Pure, so that every trap of the engine is one row of a table. Reasons are stable codes for people's translations; a
code may carry one detail after a colon.
"""

import re
from datetime import UTC, datetime
from typing import Literal

import msgspec

from recado_core.session_states import ExitCode, SessionState

Signal = Literal[
    "connected",
    "disconnected",
    "keep_alive_timeout",
    "keep_alive_restored",
    "logged_out",
    "stream_replaced",
    "temporary_ban",
    "connect_failure",
    "client_outdated",
    "stream_error",
]


_REFUSED = re.compile(r"returned status (\d+)")


class Transition(msgspec.Struct, frozen=True):
    """A new state. With `exit_code` the process stores the state and ends; without, it goes on."""

    state: SessionState
    reason: str
    exit_code: ExitCode | None = None


_STATES: dict[Signal, Transition] = {
    "connected": Transition("online", "connected"),
    "disconnected": Transition("reconnecting", "connection_lost"),
    "keep_alive_timeout": Transition("degraded", "no_answer_from_whatsapp"),
    "keep_alive_restored": Transition("online", "connected"),
    "logged_out": Transition("logged_out", "unlinked", ExitCode.TERMINAL_STATE_STORED),
    "stream_replaced": Transition("replaced", "linked_elsewhere", ExitCode.TRY_AGAIN),
    "temporary_ban": Transition("banned", "temporary_ban", ExitCode.TERMINAL_STATE_STORED),
    "connect_failure": Transition("failed", "connect_failure", ExitCode.TRY_AGAIN),
    "client_outdated": Transition("outdated", "client_outdated", ExitCode.TERMINAL_STATE_STORED),
    "stream_error": Transition("degraded", "stream_error"),
}
_REASONS: dict[tuple[Signal, str], str] = {
    ("logged_out", "main_device_gone"): "locked",  # 403
    ("logged_out", "unknown_logout"): "banned",  # 406
}
"""The device is gone and its keys with it, but the phone did not unlink it: WhatsApp shut the account. The details are
what the engine calls these two; WhatsApp itself says LOCKED and BANNED today.
"""


def on_signal(signal: Signal, detail: str = "") -> Transition:
    """What an event of the engine means; `detail` ends up in the reason."""
    transition = _STATES[signal]
    reason = _REASONS.get((signal, detail), transition.reason)
    return msgspec.structs.replace(transition, reason=f"{reason}:{detail}") if detail else transition


def ban_detail(code: str, seconds: int, now: datetime) -> str:
    """`blocked_by_users until 2026-11-01T12:00:00Z`; without a time when WhatsApp told none."""
    if seconds <= 0:
        return code.lower()
    until = datetime.fromtimestamp(now.timestamp() + seconds, UTC)
    return f"{code.lower()} until {until:%Y-%m-%dT%H:%M:%SZ}"


_LOGIN: dict[str, Transition] = {
    "success": Transition("pairing", "code_scanned"),
    "timeout": Transition("qr", "codes_expired", ExitCode.TRY_AGAIN),
    "err-client-outdated": Transition("outdated", "client_outdated", ExitCode.TERMINAL_STATE_STORED),
    "passkey-request": Transition("passkey_required", "passkey_requested", ExitCode.TERMINAL_STATE_STORED),
    "passkey-confirmation": Transition("passkey_required", "passkey_requested", ExitCode.TERMINAL_STATE_STORED),
}


def on_login(status: str) -> Transition:
    """What the login-status callback means: the only voice of the QR phase. Unknown ones end it, to be tried again."""
    return _LOGIN.get(status, Transition("failed", f"pairing_failed:{status}", ExitCode.TRY_AGAIN))


def on_code_refused(error: str) -> Transition:
    """WhatsApp gave no pairing code. When it said no, asking again would only make matters worse: a person decides."""
    refused = _REFUSED.search(error)
    if refused is None:
        return Transition("failed", "pairing_code_failed", ExitCode.TRY_AGAIN)
    return Transition("qr", f"code_refused:{refused[1]}", ExitCode.TERMINAL_STATE_STORED)


def on_engine_end(error: str | None) -> Transition:
    """The engine's event loop ended. The socket may live on and acknowledge messages that nobody sees ("deaf")."""
    if error is None:
        return Transition("failed", "engine_ended", ExitCode.TRY_AGAIN)
    if "failed to dial" in error:
        return Transition("failed", "whatsapp_unreachable", ExitCode.TRY_AGAIN)
    if "neonize.TemporaryBan" in error:
        return Transition("banned", "temporary_ban:unknown", ExitCode.TERMINAL_STATE_STORED)
    if "neonize.ConnectFailure" in error:
        return Transition("failed", "connect_failure:unknown", ExitCode.TRY_AGAIN)
    if "required field" in error:
        return Transition("failed", "deaf", ExitCode.TRY_AGAIN)
    return Transition("failed", "engine_failed", ExitCode.TRY_AGAIN)
