"""The first steps of a process: greeting the database, and taking the place of the one before."""

import asyncio
import os
import sys
from typing import NoReturn

from recado_core.clock import Clock
from recado_core.log import logger
from recado_session.database import UnavailableError
from recado_session.lease import LEASE_SECONDS
from recado_session.session_api import Hello, SessionApi

log = logger(__name__)

GREET_PAUSE = 0.5
ROUND_VARIABLE = "RECADO_QR_ROUND"


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


def start_over(next_round: int) -> NoReturn:
    """Becomes a fresh process with the same pid: the engine cannot show a second round of codes in this one."""
    log.info("further round of QR codes", round=next_round)
    os.execve(sys.executable, sys.orig_argv, os.environ | {ROUND_VARIABLE: str(next_round)})  # noqa: S606 - ourselves
