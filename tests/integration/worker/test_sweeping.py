"""Repairs and retention, on a real database with a clock that the test moves."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from tests.integration.domain.office import Recorder
from tests.integration.worker.clock import Ahead
from tests.integration.worker.inbox import Inbox, written
from tests.unit.core.engine import samples

from recado_core import bells
from recado_core.ids import new_id
from recado_domain.messages.actions import TextToSend, send
from recado_domain.unit_of_work import Database
from recado_worker.projection import Projector
from recado_worker.sweepers import OUTBOX_PATIENCE, forget_old, ring_overdue


async def test_a_lost_doorbell_is_rung_again(inbox: Inbox, engine: AsyncEngine) -> None:
    clock, recorder = Ahead(), Recorder()
    database = Database(engine, clock=clock)
    await answer_maria(inbox, database)
    assert await ring_overdue(database, recorder) == {"outbox": 0}, "sessions look by themselves first"
    clock.by = OUTBOX_PATIENCE + timedelta(seconds=1)
    assert await ring_overdue(database, recorder) == {"outbox": 1}
    assert recorder.bells == [(bells.outbound(inbox.connection_id), "")]
    await inbox.session.call("claim_outbound", 10)
    assert await ring_overdue(database, recorder) == {"outbox": 0}


async def test_what_has_served_is_forgotten(inbox: Inbox, engine: AsyncEngine) -> None:
    clock = Ahead()
    database = Database(engine, clock=clock)
    await answer_maria(inbox, database)
    assert not any((await forget_old(database)).values())
    clock.by = timedelta(hours=25)
    assert (await forget_old(database))["event"] > 0
    assert await inbox.rows("select count(*) from event") == [(0,)]
    assert await inbox.rows("select count(*) from message") == [(2,)]
    clock.by = timedelta(hours=73)
    assert (await forget_old(database))["idempotency_key"] == 1


async def answer_maria(inbox: Inbox, database: Database) -> None:
    await inbox.store(written(samples.MARIA_LID, "Bom dia"))
    await Projector(database).batch(inbox.company.id, inbox.connection_id)
    [(ticket_id,)] = await inbox.rows("select id from ticket")
    async with database.company(inbox.company.id) as work:
        wanted = TextToSend(id=new_id(), ticket_id=ticket_id, sender_user_id=inbox.company.admin_id, text="Pois não?")
        await send(work, wanted)
