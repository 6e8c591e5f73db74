"""A session above the port, put together from real parts around a WhatsApp and a database in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from tests.unit.session_pod.fakes import ManualClock, RecordingApi, silent_bells

from recado_session.bells import Bells
from recado_session.departure import Departure
from recado_session.ingest import Ingest
from recado_session.journal import Journal
from recado_session.lease import Lease
from recado_session.memory import MemoryGateway, MemoryWhatsApp
from recado_session.metrics import Metrics
from recado_session.number_health import NumberHealth
from recado_session.outbound import Outbound
from recado_session.pacing import TokenBucket
from recado_session.pairing import Pairing
from recado_session.recovery import Recovery
from recado_session.reports import Reports
from recado_session.session import Session

MARIA = "5511988887777@s.whatsapp.net"
JOAO = "5511977776666@s.whatsapp.net"


class World(msgspec.Struct, frozen=True):
    clock: ManualClock
    api: RecordingApi
    network: MemoryWhatsApp
    journal: Journal
    gateway: MemoryGateway
    metrics: Metrics
    bells: Bells
    lease: Lease
    recovery: Recovery
    outbound: Outbound
    ingest: Ingest
    session: Session
    stop_requested: asyncio.Event

    async def settle(self) -> None:
        """Lets every task that can run do so."""
        for _ in range(50):
            await asyncio.sleep(0)


def build(tmp_path: Path) -> World:
    clock, api, network = ManualClock(), RecordingApi(), MemoryWhatsApp()
    network.linked = True
    network.customers = {MARIA, JOAO}
    journal = Journal(tmp_path, "wa_1")
    gateway = MemoryGateway(network, journal, patience=0.05)
    metrics = Metrics(lambda: journal.depth)
    bells = silent_bells()
    lease = Lease(api, clock, metrics.for_heartbeat)
    reports = Reports(api, bells, metrics)
    recovery = Recovery(api, gateway, reports, clock, 0.04)
    pacing = TokenBucket(0, 1, clock)
    health = NumberHealth(clock)
    outbound = Outbound(api, gateway, bells, lease, pacing, health, reports, recovery, clock, watchdog=0.2)
    ingest = Ingest(api, gateway, bells, metrics)
    stop_requested = asyncio.Event()
    pairing = Pairing(api, lease, clock, 1)
    session = Session(
        api=api,
        gateway=gateway,
        journal=journal,
        bells=bells,
        lease=lease,
        ingest=ingest,
        outbound=outbound,
        recovery=recovery,
        pairing=pairing,
        departure=Departure(gateway, lease, outbound),
        metrics=metrics,
        stop_requested=stop_requested,
    )
    return World(
        clock=clock,
        api=api,
        network=network,
        journal=journal,
        gateway=gateway,
        metrics=metrics,
        bells=bells,
        lease=lease,
        recovery=recovery,
        outbound=outbound,
        ingest=ingest,
        session=session,
        stop_requested=stop_requested,
    )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = build(tmp_path)
    yield made
    with suppress(OSError):  # a test that ran the session to its end has closed it
        made.journal.close()
    await made.bells.close()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without the pauses that they make in production."""
    for module in ("database", "ingest"):
        monkeypatch.setattr(f"recado_session.{module}.RETRY_SECONDS", 0.0)
