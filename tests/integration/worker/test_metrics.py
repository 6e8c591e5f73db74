"""What Prometheus is told of a batch."""

from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.integration.worker.inbox import Inbox, customer, written

from recado_domain.inbox.queries import oldest_waiting_seconds
from recado_domain.unit_of_work import Database
from recado_worker.projection import Projector

NAMES = {
    "recado_inbox_projected_total": {"kind": "message"},
    "recado_inbox_quarantined_total": {"kind": "unknown"},
    "recado_inbox_batch_rows_count": {},
    "recado_inbox_batch_rows_sum": {},
    "recado_inbox_lag_seconds_count": {},
    "recado_inbox_batch_round_trips_count": {},
    "recado_inbox_careful_batches_total": {},
}


def values() -> list[float]:
    return [REGISTRY.get_sample_value(name, labels) or 0.0 for name, labels in NAMES.items()]


async def test_a_batch_is_counted_once(inbox: Inbox, projector: Projector) -> None:
    await projector.batch(inbox.company.id, inbox.connection_id)
    before = values()
    await inbox.store(written(customer(1), "a"), ("hologram", b"?"), written(customer(2), "b"))
    await projector.batch(inbox.company.id, inbox.connection_id)
    await projector.batch(inbox.company.id, inbox.connection_id)
    change = [after - earlier for after, earlier in zip(values(), before, strict=True)]
    assert dict(zip(NAMES, change, strict=True)) == {
        "recado_inbox_projected_total": 2,
        "recado_inbox_quarantined_total": 1,
        "recado_inbox_batch_rows_count": 1,
        "recado_inbox_batch_rows_sum": 3,
        "recado_inbox_lag_seconds_count": 3,
        "recado_inbox_batch_round_trips_count": 1,
        "recado_inbox_careful_batches_total": 0,
    }


async def _oldest(engine: AsyncEngine) -> float:
    async with Database(engine).system() as work:
        return await oldest_waiting_seconds(work)


async def test_the_age_of_what_waits_is_told(inbox: Inbox, engine: AsyncEngine, projector: Projector) -> None:
    await projector.batch(inbox.company.id, inbox.connection_id)
    assert await _oldest(engine) == 0
    await inbox.store(written(customer(1), "a"))
    assert 0 < await _oldest(engine) < 60
    await projector.batch(inbox.company.id, inbox.connection_id)
    assert await _oldest(engine) == 0
