"""The start of the process: greeting the database, and what a fresh round of QR codes keeps."""

import os
import sys
from collections.abc import Callable
from uuid import uuid4

import pytest
from tests.unit.session_pod.fakes import ManualClock, RecordingApi

from recado_core.settings import ObservabilitySettings
from recado_session import reporting, start
from recado_session.database import FencedError, UnavailableError
from recado_session.lease import LEASE_SECONDS
from recado_session.session_api import Hello

HELLO = Hello(7, uuid4(), "loja", None, paused=False, logout_requested=False)


class GreetingApi(RecordingApi):
    def __init__(self, answer: Callable[[], Hello]) -> None:
        super().__init__()
        self._answer_hello = answer

    async def hello(self) -> Hello:
        return self._answer_hello()


async def test_a_database_that_starts_later_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "GREET_PAUSE", 0.0)
    refusals = [UnavailableError("not yet")] * 3

    def answer() -> Hello:
        if refusals:
            raise refusals.pop()
        return HELLO

    assert await start.greet(GreetingApi(answer), ManualClock()) == HELLO


async def test_a_database_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "GREET_PAUSE", 0.0)
    clock = ManualClock()

    def answer() -> Hello:
        clock.seconds += LEASE_SECONDS / 4
        raise UnavailableError("not yet")

    with pytest.raises(UnavailableError):
        await start.greet(GreetingApi(answer), clock)


async def test_a_fenced_session_does_not_wait() -> None:
    def answer() -> Hello:
        raise FencedError("somebody else owns it")

    with pytest.raises(FencedError):
        await start.greet(GreetingApi(answer), ManualClock())


def test_a_further_round_is_the_same_program_with_the_next_number(monkeypatch: pytest.MonkeyPatch) -> None:
    executed: list[tuple[str, list[str], dict[str, str]]] = []
    monkeypatch.setattr(os, "execve", lambda *arguments: executed.append(arguments))
    monkeypatch.setenv("DB_HOST", "kept")
    start.start_over(2)
    ((program, arguments, environment),) = executed
    assert (program, arguments) == (sys.executable, sys.orig_argv)
    assert (environment["DB_HOST"], environment["RECADO_QR_ROUND"]) == ("kept", "2")


def test_sentry_is_loaded_only_when_it_is_wanted() -> None:
    sys.modules.pop("sentry_sdk", None)
    reporting.configure(ObservabilitySettings())
    assert "sentry_sdk" not in sys.modules
