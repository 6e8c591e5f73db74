"""The first steps of a process: greeting the database, and taking the place of the one before."""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import NoReturn

from recado_core.clock import Clock
from recado_core.log import logger
from recado_session.database import UnavailableError
from recado_session.lease import LEASE_SECONDS
from recado_session.session_api import Hello, SessionApi

log = logger(__name__)

GREET_PAUSE = 0.5
ROUND_VARIABLE = "RECADO_QR_ROUND"
UNCHANGED: Mapping[str, str] = {}


async def greet(api: SessionApi, clock: Clock) -> Hello:
    """The first call, repeated for as long as a lease would last. Raises FencedError or UnavailableError."""
    give_up = clock.monotonic() + LEASE_SECONDS
    while True:
        try:
            return await api.hello()
        except UnavailableError:
            if clock.monotonic() > give_up:
                raise
            await asyncio.sleep(GREET_PAUSE)


def start_over(changes: Mapping[str, str] = UNCHANGED) -> NoReturn:
    """Becomes a fresh process with the same pid, its environment changed: the engine connects once in a process."""
    os.execve(sys.executable, sys.orig_argv, os.environ | changes)  # noqa: S606 - ourselves


def next_round_of_codes(number: int) -> NoReturn:
    log.info("further round of QR codes", round=number)
    start_over({ROUND_VARIABLE: str(number)})
