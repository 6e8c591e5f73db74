"""Puts a session together. No decisions here: what is made of what."""

import asyncio
from pathlib import Path

import msgspec

from recado_core.clock import SystemClock
from recado_core.log import logger
from recado_session.bells import Bells
from recado_session.database import Database
from recado_session.departure import Departure
from recado_session.engine.binding.gateway import NeonizeGateway
from recado_session.engine.store import Store, connection_string
from recado_session.gateway import WhatsAppGateway
from recado_session.ingest import Ingest
from recado_session.journal import Journal
from recado_session.lease import Lease
from recado_session.metrics import ENGINE_CHANNEL, Metrics
from recado_session.number_health import NumberHealth
from recado_session.outbound import Outbound
from recado_session.pacing import TokenBucket
from recado_session.pairing import Pairing
from recado_session.recovery import Recovery
from recado_session.reports import Reports
from recado_session.session import Session
from recado_session.session_api import Answer, Hello, SessionApi
from recado_session.settings import Settings

log = logger(__name__)


class Parts(msgspec.Struct, frozen=True):
    session: Session
    gateway: WhatsAppGateway
    metrics: Metrics


class Ready(msgspec.Struct, frozen=True):
    """What the start has made so far."""

    database: Database
    api: SessionApi
    hello: Hello
    journal: Journal
    database_authority: Path | None = None
    """The file of DB_SSL_CA, for the engine's driver."""


def assemble(settings: Settings, ready: Ready, stop_requested: asyncio.Event) -> Parts:
    api, hello, journal, clock = ready.api, ready.hello, ready.journal, SystemClock()
    gateway = NeonizeGateway(
        name=hello.connection_id,
        connection_string=connection_string(settings.database, ready.database_authority),
        proxy=settings.session.proxy,
        store=Store(ready.database),
        journal=journal,
    )
    metrics = _metrics(journal)
    bells = Bells(settings.redis.uri, hello.company_id, hello.connection_id)
    answer = Answer(hello.paused, logout_requested=hello.logout_requested)
    lease = Lease(api, clock, metrics.for_heartbeat, answer, bells.ring_state)
    reports = Reports(api, bells, metrics)
    recovery = Recovery(api, gateway, reports, clock, settings.session.uncertain_seconds)
    outbound = Outbound(
        api=api,
        gateway=gateway,
        bells=bells,
        lease=lease,
        pacing=TokenBucket(settings.session.limiter_max, settings.session.limiter_duration / 1000, clock),
        health=NumberHealth(clock),
        reports=reports,
        recovery=recovery,
        clock=clock,
    )
    session = Session(
        api=api,
        gateway=gateway,
        journal=journal,
        bells=bells,
        lease=lease,
        ingest=Ingest(api, gateway, bells, metrics),
        outbound=outbound,
        recovery=recovery,
        pairing=Pairing(api, lease, clock, settings.session.qr_round),
        departure=Departure(gateway, lease, outbound),
        metrics=metrics,
        stop_requested=stop_requested,
        store_lost=ready.database.lost,
    )
    return Parts(session, gateway, metrics)


def _metrics(journal: Journal) -> Metrics:
    metrics = Metrics(lambda: journal.depth)
    metrics.unwritten.set_function(lambda: journal.unwritten)
    metrics.show_unclean_exits(journal.unclean_ends)
    if journal.ended_uncleanly:
        log.warning("the last process vanished while online", messages_perhaps_lost=ENGINE_CHANNEL)
    return metrics
