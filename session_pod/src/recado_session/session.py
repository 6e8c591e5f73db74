"""One session from start to end: which tasks run, what ends them, and the order in which everything stops.

The order is a promise. Stop claiming, let the message in flight land, disconnect, wait until the engine has nothing
more to say, store what the journal holds, give the lease back. Any other order loses messages that WhatsApp believes
to be delivered.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import assert_never

from recado_core.errors import ConfigurationError
from recado_core.log import logger
from recado_core.session_states import ExitCode
from recado_core.tasks import run_guarded
from recado_session.bells import Bells
from recado_session.database import FencedError, UnavailableError, patiently
from recado_session.departure import Departure
from recado_session.ending import Haste, QrRoundEnded, SessionEnd, StoreLostError, fenced
from recado_session.gateway import Changed, CodeShown, Linked, Notice, QrShown, WhatsAppGateway
from recado_session.ingest import Ingest
from recado_session.journal import Journal
from recado_session.lease import Lease
from recado_session.metrics import Metrics
from recado_session.outbound import Outbound
from recado_session.pairing import Pairing
from recado_session.recovery import Recovery
from recado_session.session_api import SessionApi
from recado_session.states import Transition

log = logger(__name__)

FLIGHT_SECONDS = 10.0
DISCONNECT_SECONDS = 3.0
FLUSH_SECONDS = 4.0
"""Together less than the 20 seconds that the operator grants."""


@dataclass
class Session:
    """`stop_requested` is set by SIGTERM, `store_lost` when PostgreSQL ended our connection."""

    api: SessionApi
    gateway: WhatsAppGateway
    journal: Journal
    bells: Bells
    lease: Lease
    ingest: Ingest
    outbound: Outbound
    recovery: Recovery
    pairing: Pairing
    departure: Departure
    metrics: Metrics
    stop_requested: asyncio.Event
    store_lost: asyncio.Event

    async def run(self, **beside: Coroutine[object, object, None]) -> SessionEnd:
        """Returns how it ended; everything is stopped and stored by then. Raises QrRoundEnded for a further round, and
        StoreLostError when this has to go on in a fresh process, whose journal has what came last.
        """
        try:
            end = await self._first_end(beside)
        except StoreLostError:
            self.journal.close()
            await self.bells.close()
            raise
        await self._shut_down(end)
        return end

    async def _first_end(self, beside: dict[str, Coroutine[object, object, None]]) -> SessionEnd:
        tasks = {
            "lease": self.lease.run(),
            "ingest": self.ingest.run(),
            "bells": self.bells.run(),
            "wishes": self._hear_wishes(),
            "departure": self.departure.run(),
            "store": self._watch_store(),
        }
        work = asyncio.create_task(run_guarded({**tasks, "engine": self._run_engine(), **beside}))
        stop = asyncio.create_task(self.stop_requested.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            return SessionEnd("stopped", "asked_to_stop", ExitCode.TERMINAL_STATE_STORED)
        except SessionEnd as end:
            return end
        except FencedError:
            return fenced()
        except ConfigurationError as error:
            log.warning("cannot start", problem=error.detail)
            return SessionEnd("failed", error.code, ExitCode.CONFIGURATION)
        except (QrRoundEnded, StoreLostError):
            raise
        except Exception:  # whatever it is, WhatsApp must be disconnected in order first
            log.exception("session failed")
        return SessionEnd("failed", "internal_error", ExitCode.TRY_AGAIN)

    async def _watch_store(self) -> None:
        """Leaves WhatsApp before anything else: each millisecond may bring a message that cannot be read. One in flight
        is found by the next process, as after a kill.
        """
        await self.store_lost.wait()
        log.warning("PostgreSQL went away; leaving WhatsApp until it is back")
        await self.gateway.stop(DISCONNECT_SECONDS)
        raise StoreLostError

    async def _hear_wishes(self) -> None:
        while True:
            await self.bells.wish()
            self.lease.ask()

    async def _run_engine(self) -> None:
        await patiently(self._start_engine)
        await run_guarded({"notices": self._follow(), "outbound": self._send(), "recovery": self.recovery.run()})

    async def _start_engine(self) -> None:
        await self.gateway.start(await self.api.pairing_phone())

    async def _send(self) -> None:
        await self.recovery.resolve()
        await self.outbound.run()

    async def _follow(self) -> None:
        async for notice in self.gateway.notices():
            await self._on(notice)

    async def _on(self, notice: Notice) -> None:
        match notice:
            case QrShown() | CodeShown():
                await self.pairing.show(notice)
            case Linked(jid=jid, lid=lid, platform=platform):
                await patiently(lambda: self.api.linked(jid, lid, platform))
                self.bells.ring_state()  # the number may be another connection's
            case Changed(transition=transition):
                await self._change(transition)
            case _:
                assert_never(notice)

    async def _change(self, transition: Transition) -> None:
        if transition.state == "qr" and transition.exit_code is not None:
            raise await self.pairing.ended(transition)
        told = self.outbound.health.judge(transition)
        log.info("session state", state=told.state, reason=told.reason)
        self.metrics.show_state(told.state)
        self.lease.tell(told.state, told.reason)
        if transition.exit_code is not None:
            raise SessionEnd.after(transition)
        if transition.state == "online":
            self.bells.ring_here()

    async def _shut_down(self, end: SessionEnd) -> None:
        log.info("session ends", state=end.state, reason=end.reason, exit_code=end.exit_code)
        try:
            if end.haste is Haste.ORDERLY:
                await self.outbound.finish(FLIGHT_SECONDS)
            await self.gateway.stop(DISCONNECT_SECONDS)
            if end.haste is not Haste.FENCED:
                await self._store_the_rest(end)
        except (FencedError, UnavailableError) as error:
            log.warning("the end could not be stored", problem=error.code)
        self.journal.close()
        await self.bells.close()

    async def _store_the_rest(self, end: SessionEnd) -> None:
        await self.ingest.flush(FLUSH_SECONDS)
        await self.api.ended(end.state, end.reason, end.exit_code)
