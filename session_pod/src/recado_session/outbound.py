"""Sends what people wrote: claims rows, one ordered sender, one outcome for each.

One message is in flight at a time, because the engine sends concurrent ones out of order. A send that hangs beyond the
watchdog holds the engine's lock for ever, so the process reports the message as uncertain and ends.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field

from recado_core.clock import Clock
from recado_core.log import logger
from recado_core.session_states import ExitCode
from recado_session.bells import Bells
from recado_session.database import UnavailableError
from recado_session.ending import SessionEnd
from recado_session.gateway import (
    NoSuchRecipient,
    NotSent,
    Rejected,
    Restricted,
    Send,
    SendOutcome,
    Sent,
    Uncertain,
    WhatsAppGateway,
)
from recado_session.lease import Lease
from recado_session.number_health import NumberHealth
from recado_session.pacing import TokenBucket
from recado_session.recovery import Recovery
from recado_session.reports import Reports
from recado_session.session_api import Claimed, Report, SessionApi
from recado_session.states import Transition

log = logger(__name__)

POLL_SECONDS = 1.0
CLAIM = 10
WATCHDOG_SECONDS = 80.0


@dataclass
class Outbound:
    api: SessionApi
    gateway: WhatsAppGateway
    bells: Bells
    lease: Lease
    pacing: TokenBucket
    health: NumberHealth
    reports: Reports
    recovery: Recovery
    clock: Clock
    watchdog: float = WATCHDOG_SECONDS
    _claimed: list[Claimed] = field(default_factory=list, init=False)
    _flight: asyncio.Task[None] | None = field(default=None, init=False)
    _claim_may_be_lost: bool = field(default=False, init=False)
    _told_restricted: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Never returns; raises FencedError or SessionEnd. Cancelling it leaves the message in flight to `finish`."""
        while True:
            await self.bells.wait(POLL_SECONDS)
            self._tell_recovery()
            try:
                await self._adopt_lost_claim()
                while await self._claim():
                    await self._send_claimed()
            except UnavailableError:
                self._claim_may_be_lost = True

    async def _adopt_lost_claim(self) -> None:
        """The database may have committed a claim whose answer never came: those rows are ours, and nobody else's."""
        if self._claim_may_be_lost and not self._claimed:
            await self.recovery.resolve()
            self._claim_may_be_lost = False

    async def finish(self, seconds: float) -> None:
        """For the orderly end: waits for the message in flight, gives back those that were only claimed. What cannot
        be reported in `seconds` is found by the next session.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if self._flight is not None:
                    await asyncio.wait({self._flight})
                for row in self._claimed:
                    await self.reports.store(self._report(row, NotSent("session_stopping")))

    @property
    def in_flight(self) -> bool:
        return self._flight is not None

    def _ready(self) -> bool:
        wanted = self.lease.answer
        silent = wanted.paused or wanted.logout_requested or self.health.restricted
        return self.gateway.state == "online" and self.lease.held and not silent

    async def _claim(self) -> bool:
        if not self._ready():
            return False
        if delay := self.pacing.delay():
            await asyncio.sleep(delay)
        one = self.pacing.limited or self.health.on_trial
        self._claimed = await self.api.claim(1 if one else CLAIM)
        return bool(self._claimed)

    async def _send_claimed(self) -> None:
        while self._claimed:
            self.pacing.take()
            self._flight = asyncio.create_task(self._deliver(self._claimed.pop(0)))
            await asyncio.shield(self._flight)
            self._flight = None

    async def _deliver(self, row: Claimed) -> None:
        if not self._ready():
            await self.reports.store(self._report(row, NotSent("session_not_online")))
            return
        try:
            async with asyncio.timeout(self.watchdog):
                outcome = await self._attempt(row)
        except TimeoutError:
            await self._settle(row, "send_stuck")
            raise SessionEnd("failed", "send_stuck", ExitCode.TRY_AGAIN) from None
        self._note_health(outcome)
        if isinstance(outcome, Uncertain):
            await self._settle(row, outcome.reason)
        else:
            await self.reports.store(self._report(row, outcome))

    def _note_health(self, outcome: SendOutcome) -> None:
        if isinstance(outcome, Sent):
            self.health.taken()
        elif isinstance(outcome, Restricted):
            self.health.refused(outcome.reason)
            self._told_restricted = True
            self._tell_health()
            log.warning("WhatsApp limits this number, sending waits", reason=outcome.reason)

    def _tell_recovery(self) -> None:
        if self._told_restricted and not self.health.restricted:
            self._told_restricted = False
            self._tell_health()

    def _tell_health(self) -> None:
        if self.gateway.state == "online":
            told = self.health.judge(Transition("online", "connected"))
            self.lease.tell(told.state, told.reason)

    async def _attempt(self, row: Claimed) -> SendOutcome:
        text = row.body.get("text")
        if row.body.get("kind") != "text" or not isinstance(text, str):
            return Rejected("unsupported_content")
        return await self.gateway.send(Send(row.to_jid, text), row.attempt_key)

    async def _settle(self, row: Claimed, reason: str) -> None:
        await self.recovery.settle(row.outbox_id, row.attempt_key, reason)

    def _report(self, row: Claimed, outcome: Sent | NotSent | Rejected | Restricted | NoSuchRecipient) -> Report:
        match outcome:
            case Sent(wa_id=wa_id, at=at):
                return Report(row.outbox_id, "sent", at, wa_id)
            case NotSent(reason=reason) | Restricted(reason=reason):
                return Report(row.outbox_id, "not_sent", self.clock.now(), None, reason)
            case Rejected(reason=reason):
                return Report(row.outbox_id, "rejected", self.clock.now(), None, reason)
            case NoSuchRecipient(reason=reason):
                return Report(row.outbox_id, "no_recipient", self.clock.now(), None, reason)
