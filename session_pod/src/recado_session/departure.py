"""Unlinks the device when its connection is removed: WhatsApp forgets it, the phone's list loses it, the session ends.

Only while online can that be asked of WhatsApp. Whoever removes the connection waits for a bounded time and records it
when the device could not be unlinked, so this may try for as long as the process lives.
"""

import asyncio
from dataclasses import dataclass

from recado_core.log import logger
from recado_core.session_states import ExitCode
from recado_session.ending import SessionEnd
from recado_session.gateway import LogoutFailedError, WhatsAppGateway
from recado_session.lease import Lease
from recado_session.outbound import Outbound

log = logger(__name__)

RETRY_SECONDS = 0.5


@dataclass
class Departure:
    gateway: WhatsAppGateway
    lease: Lease
    outbound: Outbound

    async def run(self) -> None:
        """Waits for the wish; then raises SessionEnd as soon as no device is linked any more."""
        await self.lease.logout_wanted.wait()
        log.info("the connection is being removed, its device is unlinked")
        while not await self._unlinked():  # noqa: ASYNC110 - neither WhatsApp nor a message in flight rings a bell
            await asyncio.sleep(RETRY_SECONDS)
        raise SessionEnd("logged_out", "removed", ExitCode.TERMINAL_STATE_STORED)

    async def _unlinked(self) -> bool:
        if self.gateway.state == "qr":  # an earlier process unlinked it and could not say so
            return True
        if self.gateway.state != "online" or self.outbound.in_flight:
            return False
        try:
            await self.gateway.logout()
        except LogoutFailedError as error:
            log.warning("not unlinked yet", problem=error.detail)
            return False
        return True
