"""Each signal of the engine, and what it makes of the session."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recado_core.session_states import SESSION_STATES, TERMINAL_STATES, ExitCode
from recado_session.ending import SessionEnd
from recado_session.states import Signal, Transition, ban_detail, on_code_refused, on_engine_end, on_login, on_signal

SIGNALS: tuple[Signal, ...] = get_args(Signal)


@pytest.mark.parametrize(
    ("signal", "state", "exit_code"),
    [
        ("connected", "online", None),
        ("disconnected", "reconnecting", None),
        ("keep_alive_timeout", "degraded", None),
        ("keep_alive_restored", "online", None),
        ("stream_error", "degraded", None),
        ("logged_out", "logged_out", 0),
        ("temporary_ban", "banned", 0),
        ("client_outdated", "outdated", 0),
        ("stream_replaced", "replaced", 75),
        ("connect_failure", "failed", 75),
    ],
)
def test_signals(signal: Signal, state: str, exit_code: int | None) -> None:
    transition = on_signal(signal)
    assert (transition.state, transition.exit_code) == (state, exit_code)


@pytest.mark.parametrize(
    ("status", "state", "exit_code"),
    [
        ("success", "pairing", None),
        ("timeout", "qr", 75),
        ("error", "failed", 75),
        ("err-client-outdated", "outdated", 0),
        ("err-scanned-without-multidevice", "failed", 75),
        ("err-unexpected-state", "failed", 75),
        ("passkey-request", "passkey_required", 0),
        ("passkey-confirmation", "passkey_required", 0),
    ],
)
def test_login_statuses(status: str, state: str, exit_code: int | None) -> None:
    transition = on_login(status)
    assert (transition.state, transition.exit_code) == (state, exit_code)


@pytest.mark.parametrize(
    ("error", "state", "reason", "exit_code"),
    [
        ("proto: required field neonize.Receipt.Type not set", "failed", "deaf", 75),
        ("proto: required field neonize.TemporaryBan.Code not set", "banned", "temporary_ban:unknown", 0),
        ("proto: required field neonize.ConnectFailure.Reason not set", "failed", "connect_failure:unknown", 75),
        ("failed to dial whatsapp web websocket: EOF", "failed", "whatsapp_unreachable", 75),
        ("something new", "failed", "engine_failed", 75),
        (None, "failed", "engine_ended", 75),
    ],
)
def test_ends_of_the_engine(error: str | None, state: str, reason: str, exit_code: int) -> None:
    transition = on_engine_end(error)
    assert (transition.state, transition.reason, transition.exit_code) == (state, reason, exit_code)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("info query returned status 400: bad-request", ("qr", "code_refused:400", 0)),
        ("info query returned status 429: rate-overlimit", ("qr", "code_refused:429", 0)),
        ("websocket disconnected before info query returned response", ("failed", "pairing_code_failed", 75)),
    ],
)
def test_a_refusal_of_a_code_waits_for_a_person_and_a_broken_line_does_not(
    error: str, told: tuple[str, str, int]
) -> None:
    transition = on_code_refused(error)
    assert (transition.state, transition.reason, transition.exit_code) == told


@given(st.text())
def test_every_login_status_has_a_known_state(status: str) -> None:
    assert on_login(status).state in SESSION_STATES


@given(st.none() | st.text())
def test_the_engine_never_ends_without_ending_the_process(error: str | None) -> None:
    assert on_engine_end(error).exit_code is not None


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_state_that_only_people_can_end_is_never_tried_again(signal: Signal) -> None:
    transition = on_signal(signal)
    if transition.state in TERMINAL_STATES:
        assert transition.exit_code is ExitCode.TERMINAL_STATE_STORED


def test_a_detail_follows_the_reason() -> None:
    assert on_signal("stream_error", "503").reason == "stream_error:503"
    assert on_signal("stream_error").reason == "stream_error"


@pytest.mark.parametrize(
    ("detail", "reason"),
    [("logged_out", "unlinked"), ("main_device_gone", "locked"), ("unknown_logout", "banned"), ("new", "unlinked")],
)
def test_a_device_that_whatsapp_took_was_not_unlinked_by_the_phone(detail: str, reason: str) -> None:
    end = on_signal("logged_out", detail)
    assert (end.state, end.reason, end.exit_code) == ("logged_out", f"{reason}:{detail}", 0)


def test_a_ban_says_until_when() -> None:
    now = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    assert ban_detail("BLOCKED_BY_USERS", 3600, now) == "blocked_by_users until 2026-11-01T13:00:00Z"
    assert ban_detail("BLOCKED_BY_USERS", 0, now) == "blocked_by_users", "not over at once: its end is not known"


def test_only_a_transition_with_an_exit_code_ends_a_session() -> None:
    with pytest.raises(ValueError, match="does not end"):
        SessionEnd.after(Transition("online", "connected"))
    assert SessionEnd.after(on_signal("logged_out")).state == "logged_out"
