"""Shows codes until a phone is linked, three rounds at most: codes that nobody looks at are a way to get banned.

The engine cannot start a second round in one process, so each round has a process of its own; the number of the round
is handed on.
"""

from datetime import timedelta

import asyncpg

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.session_states import ExitCode
from recado_session.database import UnavailableError
from recado_session.ending import QrRoundEnded, SessionEnd
from recado_session.gateway import CodeShown, QrShown
from recado_session.lease import Lease
from recado_session.session_api import SessionApi
from recado_session.states import Transition

log = logger(__name__)

ROUNDS = 3


class Pairing:
    def __init__(self, api: SessionApi, lease: Lease, clock: Clock, round_number: int) -> None:
        self._api = api
        self._lease = lease
        self._clock = clock
        self._round = round_number

    async def show(self, code: QrShown | CodeShown) -> None:
        """Publishes one code. When PostgreSQL is away the next code comes soon."""
        expires_at = self._clock.now() + timedelta(seconds=code.seconds)
        try:
            if isinstance(code, CodeShown):
                await self._api.publish_code(code.text, expires_at, self._round)
            else:
                await self._api.publish_qr(code.text, expires_at, self._round)
        except (UnavailableError, asyncpg.PostgresError) as error:
            log.warning("a code could not be shown", problem=str(error))

    async def ended(self, transition: Transition) -> Exception:
        """What ends this process, whose codes expired or were refused: another round, or waiting for a person."""
        await self._lease.renew()
        if self._lease.answer.pairing_requested:
            return QrRoundEnded(1)
        if transition.exit_code is ExitCode.TRY_AGAIN and self._round < ROUNDS:
            return QrRoundEnded(self._round + 1)
        return SessionEnd("qr", transition.reason, ExitCode.TERMINAL_STATE_STORED)
